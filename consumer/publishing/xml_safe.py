"""JSON that every queue takes.

SQS refuses a message with a character that XML doesn't have. There are three kinds of them. Control
characters are always escaped in JSON. Half a surrogate pair is no text: a record with one can't be
read as JSON. U+FFFE and U+FFFF remain: SNS takes them, but can't pass them on to a queue.
"""

_FIRST_BYTE = 0xEF
_REFUSED = {"\ufffe".encode(): rb"\ufffe", "\uffff".encode(): rb"\uffff"}


def xml_safe(encoded: bytes) -> bytes:
    """Return UTF-8 JSON of the same meaning, in which what queues refuse is escaped."""
    # Few texts have the byte, and searching for one byte costs next to nothing.
    if _FIRST_BYTE not in encoded:
        return encoded
    for character, escaped in _REFUSED.items():
        encoded = encoded.replace(character, escaped)
    return encoded
