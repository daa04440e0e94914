"""A server that answers as a proxy or a service in trouble does, and then as the service."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from benchmarks.sns_answers import action, answer

HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Welcome<br></body></html>"
ITEM = {"id": {"S": "1"}}
_JSON = {
    "DeleteMessage": {},
    "DescribeStream": {"StreamDescription": {"StreamArn": "stream", "Shards": []}},
    "DescribeTable": {"Table": {"TableName": "orders"}},
    "GetItem": {"Item": ITEM},
    "GetRecords": {"Records": [], "NextShardIterator": "next"},
    "GetShardIterator": {"ShardIterator": "here"},
    "PutItem": {},
    "ReceiveMessage": {"Messages": [{"MessageId": "1", "ReceiptHandle": "h", "Body": "hello"}]},
    "Scan": {"Items": [ITEM], "Count": 1, "ConsumedCapacity": {"CapacityUnits": 0.5}},
    "SendMessage": {"MessageId": "1"},
}


@dataclass(frozen=True)
class Answer:
    """An answer.

    Attributes:
        status: The HTTP status.
        body: The body.
        etag: The ETag header; none where it is empty.
        missing: How many bytes more than the body has are announced, before the connection ends.
    """

    status: int
    body: bytes
    etag: str = ""
    missing: int = 0


def good_answer(method: str, target: str, body: bytes) -> Answer:
    """What the service answers: DynamoDB or SQS by a header, S3 by the method, or else SNS."""
    if target:
        return Answer(200, json.dumps(_JSON[target.rpartition(".")[2]]).encode())
    if method == "POST":
        assert action(body)
        return Answer(200, answer(body, 1))
    return Answer(200, b"a body" if method == "GET" else b"", etag='"1"')


def cut(good: Answer) -> Answer:
    """Half of an answer, as if it were whole."""
    return Answer(good.status, good.body[: len(good.body) // 2])


def cut_off(good: Answer) -> Answer:
    """Half of an answer; then the connection ends. Of one without a body not even the head."""
    half = good.body[: len(good.body) // 2]
    etag = good.etag if half else ""
    return Answer(good.status, half, etag, missing=len(good.body) - len(half) or 1)


Spoil = Callable[[Answer], Answer]
BAD: dict[str, Spoil] = {
    "408 without a body": lambda _: Answer(408, b""),
    "200 without a body": lambda _: Answer(200, b""),
    "200 with HTML": lambda _: Answer(200, HTML),
    "403 with HTML": lambda _: Answer(403, HTML),
    "302 to another page": lambda _: Answer(302, b""),
    "200 with half a body": cut,
    "200, ended in the body": cut_off,
    "200 with a list": lambda _: Answer(200, b"[]"),
    "200 with other XML": lambda _: Answer(200, b"<hello/>"),
}
"""Bad answers, by what they are; made of the good one."""


@dataclass
class BadServer:
    """A server.

    Attributes:
        url: Where it is.
        spoil: What is done to each of the next answers; later ones are good.
        asked: How many requests came.
    """

    url: str = ""
    spoil: list[Spoil] = field(default_factory=list)
    asked: int = 0

    def take(self, method: str, target: str, body: bytes) -> Answer:
        """Return the answer to a request."""
        self.asked += 1
        good = good_answer(method, target, body)
        return self.spoil.pop(0)(good) if self.spoil else good


@contextmanager
def bad_server(*spoil: Spoil) -> Iterator[BadServer]:
    """Yield one whose first answers are spoilt."""
    told = BadServer(spoil=list(spoil))

    class Handler(BaseHTTPRequestHandler):
        """Answers a client's calls."""

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Answer a call."""
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            given = told.take(self.command, self.headers.get("X-Amz-Target", ""), body)
            self.send_response_only(given.status)
            self.send_header("Content-Length", str(len(given.body) + given.missing))
            if given.etag:
                self.send_header("ETag", given.etag)
            self.end_headers()
            self.wfile.write(given.body)
            self.close_connection = self.close_connection or given.missing > 0

        do_GET = do_PUT = do_POST  # noqa: N815 - names of the library's

        def log_message(self, *_facts: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()


def twice(spoil: Spoil) -> Sequence[Spoil]:
    """The same again."""
    return [spoil, spoil]
