"""SNS that takes some of a PublishBatch's messages and not the others, inside a 200."""

import contextlib
import random
import re
import threading
from collections import defaultdict
from collections.abc import Mapping
from http.client import HTTPConnection
from urllib.parse import parse_qsl, urlencode, urlsplit

from consumer.sandbox.proxy import Request, Response

_MEMBER = "PublishBatchRequestEntries.member"
_TAKEN = re.compile(rb"<member><Id>([^<]+)</Id><MessageId>[^<]*</MessageId></member>")
_FAILURE = "<Code>InternalError</Code><Message>so it is</Message><SenderFault>false</SenderFault>"


def is_batch(request: Request) -> bool:
    """Whether it is a PublishBatch."""
    return b"Action=PublishBatch&" in request.body


def say_failed(answer: bytes, share: float, chance: random.Random) -> bytes:
    """Say of a share of the messages in a PublishBatch's answer that they failed."""
    taken: list[bytes] = []
    failed: list[str] = []
    for match in _TAKEN.finditer(answer):
        if chance.random() < share:
            failed.append(match[1].decode())
        else:
            taken.append(match[0])
    return _answer(b"".join(taken), failed)


class PartlyTopic:
    """Passes on what is taken of a PublishBatch, for the `instead` of a Proxy.

    Args:
        target: The server's URL.
        share: How many of all messages fail, from 0 to 1; those of single publishes don't.

    Attributes:
        failed: How many messages did.
    """

    def __init__(self, target: str, share: float) -> None:
        self.failed = 0
        self._target, self._share = urlsplit(target).netloc, share
        self._chance = random.Random(7)  # noqa: S311 - the same every time is what is wanted
        self._lock = threading.Lock()

    def instead(self, request: Request) -> Response | None:
        """Take some."""
        if not is_batch(request):
            return None
        common, entries = _read(request.body)
        with self._lock:
            failed = [number for number in entries if self._chance.random() < self._share]
            self.failed += len(failed)
        taken = [entry for number, entry in entries.items() if number not in failed]
        passed = self._pass_on(common, taken) if taken else b""
        members = b"".join(match[0] for match in _TAKEN.finditer(passed))
        return Response(200, _answer(members, [entries[number]["Id"] for number in failed]))

    def _pass_on(self, common: Mapping[str, str], entries: list[dict[str, str]]) -> bytes:
        fields = {
            f"{_MEMBER}.{number}.{name}": value
            for number, entry in enumerate(entries, 1)
            for name, value in entry.items()
        }
        # The server takes the region from the signature, which it doesn't check.
        region = common["TopicArn"].split(":")[3]
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": f"AWS4-HMAC-SHA256 Credential=x/20260101/{region}/sns/aws4_request",
        }
        with contextlib.closing(HTTPConnection(self._target)) as behind:
            behind.request("POST", "/", urlencode({**common, **fields}), headers)
            return behind.getresponse().read()


def _read(body: bytes) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """The request's own fields, and each entry's by its number."""
    common: dict[str, str] = {}
    entries: dict[str, dict[str, str]] = defaultdict(dict)
    for name, value in parse_qsl(body.decode(), keep_blank_values=True):
        if name.startswith(_MEMBER):
            number, _, rest = name.removeprefix(f"{_MEMBER}.").partition(".")
            entries[number][rest] = value
        else:
            common[name] = value
    return common, entries


def _answer(taken: bytes, failed: list[str]) -> bytes:
    members = "".join(f"<member><Id>{each}</Id>{_FAILURE}</member>" for each in failed)
    return b"".join(
        [
            b"<PublishBatchResponse><PublishBatchResult><Successful>",
            taken,
            b"</Successful><Failed>",
            members.encode(),
            b"</Failed></PublishBatchResult></PublishBatchResponse>",
        ]
    )
