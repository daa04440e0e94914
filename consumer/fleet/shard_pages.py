"""A shard read page by page, from a checkpoint on."""

from collections.abc import Callable, Iterator

from consumer.aws.errors import AWS_ERRORS, code_of
from consumer.fleet.leases import TRIM_HORIZON
from consumer.fleet.shards import RecordPage
from consumer.fleet.stream import Stream

_TRIMMED = "TrimmedDataAccessException"

Read = Callable[[str, int], RecordPage]
"""Takes an iterator and the most records; returns a page."""


class ShardPages:
    """The pages of a shard that follow a checkpoint. Iterate once.

    Args:
        stream: The stream.
        shard_id: The shard.
        checkpoint: A sequence number, TRIM_HORIZON or LATEST.
        limit: The most records of a page, up to 1,000.
        read: Reads a page; by default `stream.read`.

    Attributes:
        has_expired: Whether records after the checkpoint, or the record at it, have expired. Pages
            then go on at the oldest record that the stream keeps.
    """

    def __init__(
        self,
        stream: Stream,
        shard_id: str,
        checkpoint: str,
        limit: int = 1000,
        read: Read | None = None,
    ) -> None:
        self._stream, self._shard_id, self._checkpoint = stream, shard_id, checkpoint
        self._limit, self._read = limit, read or stream.read
        self.has_expired = False

    def __iter__(self) -> Iterator[RecordPage]:
        """Yield each page, empty ones too, up to the end of a closed shard.

        An open shard has no end: the caller stops. Raises what boto3 raises.
        """
        page = self._page(None)
        yield page
        while page.next_iterator:
            page = self._page(page.next_iterator)
            yield page

    def _page(self, iterator: str | None) -> RecordPage:
        try:
            return self._read(iterator or self._iterator(self._checkpoint), self._limit)
        except AWS_ERRORS as error:
            if code_of(error) != _TRIMMED:
                raise
        self.has_expired = True
        return self._read(self._iterator(TRIM_HORIZON), self._limit)

    def _iterator(self, checkpoint: str) -> str:
        return self._stream.iterator_after(self._shard_id, checkpoint)
