"""Ids that FIFO topics and queues take, whatever they are made from.

A message group and a deduplication id have up to 128 characters: letters, digits and punctuation. A
table's name may have 255, and a shard's id with two sequence numbers up to 147.
"""

import re
from hashlib import blake2b

_TAKEN = re.compile(r"[!-~]{1,128}")
_REFUSED = re.compile(r"[^!-~]")
_SHOWN = 63


def fifo_id(text: str) -> str:
    """Return a text as an id: itself where it can be one, else its beginning and a digest of it."""
    if _TAKEN.fullmatch(text):
        return text
    digest = blake2b(text.encode(errors="surrogatepass"), digest_size=32).hexdigest()
    return f"{_REFUSED.sub('_', text[:_SHOWN])}-{digest}"
