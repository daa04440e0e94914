"""JSON that every queue takes.

SQS takes the characters that XML has, and refuses a message with others. JSON has more: control
characters, which are always escaped in it; halves of a pair, which are no text, so that a record
with one is not read as JSON; and U+FFFE and U+FFFF. SNS takes these two, and can't hand them on to
a queue.
"""

_FIRST_BYTE = 0xEF
_REFUSED = {"\ufffe".encode(): rb"\ufffe", "\uffff".encode(): rb"\uffff"}


def xml_safe(encoded: bytes) -> bytes:
    """Return JSON, as UTF-8, with what queues refuse escaped; it has the same meaning."""
    # Few texts have the byte, and to look for one byte costs nearly nothing.
    if _FIRST_BYTE not in encoded:
        return encoded
    for character, escaped in _REFUSED.items():
        encoded = encoded.replace(character, escaped)
    return encoded
