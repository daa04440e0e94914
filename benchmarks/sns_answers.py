"""SNS's side of its protocol, as far as publishing needs it: form fields in, XML out."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

_NAMESPACE = 'xmlns="http://sns.amazonaws.com/doc/2010-03-31/"'
_ENTRY = "PublishBatchRequestEntries.member."
_ENTRY_ID = re.compile(rb"(?:^|&)PublishBatchRequestEntries\.member\.\d+\.Id=([^&]*)")
# Every record of a message has one, as it stands in a form; the message attribute is called
# otherwise.
_RECORD = b"%22eventName%22"


def action(form: bytes) -> str:
    """What is asked for, such as `Publish`."""
    found = re.search(rb"(?:^|&)Action=(\w+)", form)
    return found[1].decode() if found else ""


def entry_ids(form: bytes) -> list[str]:
    """The ids of a PublishBatch's entries."""
    return [found.decode() for found in _ENTRY_ID.findall(form)]


def count_records(form: bytes) -> int:
    """How many records a publish carries, without decoding it."""
    return form.count(_RECORD)


def messages(form: bytes) -> Iterator[str]:
    """Yield the bodies of a publish's messages in their order."""
    fields = dict(parse_qsl(form.decode()))
    if "Message" in fields:
        yield fields["Message"]
    number = 1
    while f"{_ENTRY}{number}.Message" in fields:
        yield fields[f"{_ENTRY}{number}.Message"]
        number += 1


def answer(form: bytes, serial: int) -> bytes:
    """Return what SNS answers when all goes well.

    Args:
        form: The request's body.
        serial: Makes message ids unlike any other's.
    """
    asked = action(form)
    if asked == "Publish":
        inner = f"<MessageId>{_message_id(serial, 0)}</MessageId>"
    elif asked == "PublishBatch":
        inner = _batch(entry_ids(form), serial)
    else:
        inner = "<Attributes></Attributes>"
    text = (
        f"<{asked}Response {_NAMESPACE}><{asked}Result>{inner}</{asked}Result>"
        f"<ResponseMetadata><RequestId>{serial:032x}</RequestId></ResponseMetadata>"
        f"</{asked}Response>"
    )
    return text.encode()


def _batch(ids: list[str], serial: int) -> str:
    members = "".join(
        f"<member><Id>{entry_id}</Id><MessageId>{_message_id(serial, number)}</MessageId></member>"
        for number, entry_id in enumerate(ids)
    )
    return f"<Failed></Failed><Successful>{members}</Successful>"


def _message_id(serial: int, number: int) -> str:
    return f"{serial:024x}-{number:07x}"
