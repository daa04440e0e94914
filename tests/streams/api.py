"""The four operations of DynamoDB Streams on simulated streams, from JSON to JSON."""

from collections.abc import Callable, Mapping

import orjson

from consumer.sandbox.proxy import Request, Response
from tests.streams.errors import StreamError, invalid, not_found, service_error
from tests.streams.fields import Fields
from tests.streams.iterators import decode
from tests.streams.stream import MOST_RECORDS, MOST_SHARDS, SimulatedStream

_MOST_STREAMS = 100


class Api:
    """Answers requests.

    Args:
        streams: The streams that there are.
    """

    def __init__(self, *streams: SimulatedStream) -> None:
        self._streams = {stream.arn: stream for stream in streams}
        self._operations: Mapping[str, Callable[[Fields], bytes]] = {
            "ListStreams": self._list_streams,
            "DescribeStream": self._describe_stream,
            "GetShardIterator": self._get_shard_iterator,
            "GetRecords": self._get_records,
        }

    def add(self, stream: SimulatedStream) -> None:
        """Serve one more stream."""
        self._streams[stream.arn] = stream

    def remove(self, stream: SimulatedStream) -> None:
        """Serve a stream no more."""
        del self._streams[stream.arn]

    def answer(self, request: Request) -> Response:
        """Return the answer to a request, errors included."""
        try:
            return Response(200, self._operation(request.operation)(Fields(request.body)))
        except StreamError as error:
            return error.to_answer()

    def _operation(self, name: str) -> Callable[[Fields], bytes]:
        if name not in self._operations:
            raise service_error("UnknownOperationException", "An unknown operation was requested.")
        return self._operations[name]

    def _list_streams(self, fields: Fields) -> bytes:
        limit = fields.limit(_MOST_STREAMS)
        table, after = fields.text("TableName"), fields.text("ExclusiveStartStreamArn") or ""
        found = [
            stream
            for arn, stream in sorted(self._streams.copy().items())
            if arn > after and table in {None, stream.table}
        ]
        listed = [
            {"StreamArn": stream.arn, "TableName": stream.table, "StreamLabel": stream.label}
            for stream in found[:limit]
        ]
        more = {"LastEvaluatedStreamArn": listed[-1]["StreamArn"]} if len(found) > limit else {}
        return orjson.dumps({"Streams": listed, **more})

    def _describe_stream(self, fields: Fields) -> bytes:
        stream = self._find(fields.required("StreamArn"))
        description = stream.describe(
            fields.limit(MOST_SHARDS),
            fields.text("ExclusiveStartShardId"),
            fields.parent_of_children(),
        )
        return orjson.dumps({"StreamDescription": description})

    def _get_shard_iterator(self, fields: Fields) -> bytes:
        stream, shard_id = self._find(fields.required("StreamArn")), fields.required("ShardId")
        kind = fields.required("ShardIteratorType")
        return orjson.dumps({"ShardIterator": _iterator(stream, shard_id, kind, fields)})

    def _get_records(self, fields: Fields) -> bytes:
        iterator, limit = decode(fields.required("ShardIterator")), fields.limit(MOST_RECORDS)
        page = self._find(iterator.stream_arn).read(iterator, limit)
        # Records are JSON already: what is left to do is to join them.
        records = b",".join([record.encoded for record in page.records])
        more = f',"NextShardIterator":"{page.next_iterator}"' if page.next_iterator else ""
        return b'{"Records":[%b]%b}' % (records, more.encode())

    def _find(self, arn: str) -> SimulatedStream:
        if arn not in self._streams:
            raise not_found(f"Requested resource not found: Stream: {arn} not found")
        return self._streams[arn]


def _iterator(stream: SimulatedStream, shard_id: str, kind: str, fields: Fields) -> str:
    if kind in {"AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"}:
        is_after = kind == "AFTER_SEQUENCE_NUMBER"
        return stream.iterator_at(shard_id, fields.sequence_number(), after=is_after)
    if fields.text("SequenceNumber"):
        raise invalid("Invalid SequenceNumber: it should not be passed for this iterator type")
    if kind == "TRIM_HORIZON":
        return stream.iterator_at_horizon(shard_id)
    if kind == "LATEST":
        return stream.iterator_at_tip(shard_id)
    raise invalid(f"Invalid ShardIteratorType: {kind!r} is none")
