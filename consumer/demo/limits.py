"""A topic's MaximumMessageSize, which moto's server accepts but doesn't return."""

import threading
from urllib.parse import parse_qs

from consumer.sandbox.proxy import Request, Response

_NAME = "MaximumMessageSize"
_FOLLOWING = "</Attributes>"


class TopicLimit:
    """What the topic's limit is, for the hooks of a Proxy; and a gate for requests to publish.

    Attributes:
        publishing: Requests to publish wait while it is cleared.
    """

    def __init__(self) -> None:
        self.publishing = threading.Event()
        self.publishing.set()
        self._limit: str | None = None

    def instead(self, request: Request) -> Response | None:
        """Note a limit that is set; hold what is published while the gate is closed."""
        action, limit = read_limit(request.body)
        if action.startswith("Publish"):
            self.publishing.wait()
        self._limit = limit or self._limit
        return None

    def change(self, request: Request, body: bytes) -> bytes:
        """Add the limit to the topic's attributes."""
        action, _ = read_limit(request.body)
        if action != "GetTopicAttributes" or self._limit is None:
            return body
        entry = f"<entry><key>{_NAME}</key><value>{self._limit}</value></entry>{_FOLLOWING}"
        return body.replace(_FOLLOWING.encode(), entry.encode())


def read_limit(body: bytes) -> tuple[str, str | None]:
    """The action of a request to SNS, and the limit that it sets, None where it sets none."""
    fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    if fields.get("AttributeName") == _NAME:
        return fields["Action"], fields.get("AttributeValue")
    if fields.get("Attributes.entry.1.key") == _NAME:
        return fields["Action"], fields.get("Attributes.entry.1.value")
    return fields.get("Action", ""), None
