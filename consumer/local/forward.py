"""Hands messages on to a developer's own web server, as SNS would."""

from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from urllib.parse import urlsplit

from consumer.local.subscription import Received

_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Target:
    """A web server on this machine.

    Attributes:
        host: Its address.
        port: Its port.
        path: The path, with its query.
    """

    host: str
    port: int
    path: str

    def __str__(self) -> str:
        return f"http://{self.host}:{self.port}{self.path}"


def parse_target(url: str) -> Target:
    """Read where to hand messages on to.

    Raises:
        ValueError: It isn't an http:// URL of this machine.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
    except ValueError as error:
        raise ValueError(f"{url!r} is not a URL: {error}") from None
    host = "127.0.0.1" if host == "localhost" else host
    if parts.scheme != "http" or parts.username or not _is_loopback(host):
        raise ValueError(
            f"{url!r} is not on this machine; take http://127.0.0.1:PORT: what a topic has goes to "
            "nobody else"
        )
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    return Target(host, port, path)


def forward(received: Received, topic_arn: str, target: Target) -> str | None:
    """Hand a message on; return what went wrong, None where it was taken.

    Args:
        received: The message. Its envelope is the request's body, as of an HTTP subscription.
        topic_arn: The topic.
        target: Who gets it.
    """
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": received.message_id,
        "x-amz-sns-topic-arn": topic_arn,
    }
    connection = HTTPConnection(target.host, target.port, timeout=_SECONDS)
    try:
        connection.request("POST", target.path, received.envelope.encode(), headers)
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return f"{target}: {error or type(error).__name__}; message {received.message_id} is lost"
    finally:
        connection.close()
    if status // 100 != 2:  # noqa: PLR2004 - HTTP's class of success
        return f"{target}: answered {status} to message {received.message_id}"
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
