"""A table whose stream is disabled and enabled again, each time with another stream."""

import time
from collections.abc import Callable

import orjson

from consumer.sandbox.proxy import Request, Response
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.fields import Fields
from tests.streams.records import VIEW
from tests.streams.stream import SimulatedStream


class SimulatedTable:
    """Answers DescribeTable as DynamoDB does, for the `instead` of a Proxy before the real tables.

    Args:
        stream: The stream that it has at first.
        endpoint: Where its streams are served.
        now: The clock, in seconds since 1970.

    Attributes:
        stream: The newest stream, which may be disabled.
    """

    def __init__(
        self,
        stream: SimulatedStream,
        endpoint: StreamsEndpoint,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.stream, self._endpoint, self._now = stream, endpoint, now

    def disable_stream(self) -> None:
        """Disable the stream: it stays readable, and is still the table's latest."""
        self.stream.disable()

    def enable_stream(self, shards: int = 1) -> SimulatedStream:
        """Give the table a new stream; return it. The old one stays disabled and readable.

        Raises:
            ValueError: The present one is enabled.
        """
        if self.stream.status == "ENABLED":
            raise ValueError(f"{self.stream.arn} is enabled; disable it first")
        self.stream = self._newer_stream(shards)
        self._endpoint.add(self.stream)
        return self.stream

    def _newer_stream(self, shards: int) -> SimulatedStream:
        """A stream is named after its millisecond, and a test's two may share one."""
        old = self.stream
        new = SimulatedStream(old.table, shards, old.region, now=self._now)
        return new if new.label > old.label else self._newer_stream(shards)

    def __call__(self, request: Request) -> Response | None:
        """Answer a DescribeTable of this table."""
        if request.operation != "DescribeTable":
            return None
        if Fields(request.body).text("TableName") != self.stream.table:
            return None
        return Response(200, orjson.dumps({"Table": self._description()}))

    def _description(self) -> dict[str, object]:
        enabled = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": VIEW}}
        return {
            "TableName": self.stream.table,
            "TableArn": self.stream.arn.partition("/stream/")[0],
            "TableStatus": "ACTIVE",
            "LatestStreamArn": self.stream.arn,
            "LatestStreamLabel": self.stream.label,
            # As DynamoDB does, which says nothing of a stream that is disabled.
            **(enabled if self.stream.status == "ENABLED" else {}),
        }
