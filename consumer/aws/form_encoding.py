"""The body of an HTML form, which a request to SNS is."""

from collections.abc import Mapping
from urllib.parse import quote_plus

_LONG = 256
"""Above this length it is faster to replace each character wherever it stands."""

_CODES = sorted(
    (
        (char, quote_plus(char).encode())
        for char in (bytes([byte]) for byte in range(256))
        if quote_plus(char).encode() != char
    ),
    # First the percent sign, which other codes have, and last the space, whose code is a plus sign.
    key=lambda pair: (pair[0] != b"%", pair[0] == b" "),
)


def encode(form: Mapping[str, object]) -> bytes:
    """Return what `urllib.parse.urlencode` does for single values, as bytes.

    That one looks at every character by itself, which for ten messages of JSON is a quarter of what
    their call costs.
    """
    return b"&".join(_quote(name) + b"=" + _quote(str(value)) for name, value in form.items())


def _quote(text: str) -> bytes:
    if len(text) <= _LONG:
        return quote_plus(text).encode()
    quoted = text.encode()
    for char, code in _CODES:
        quoted = quoted.replace(char, code)
    return quoted
