"""A replay from the first reading of leases and stream to the last write."""

import time
from collections.abc import Callable, Sequence

from consumer.fleet.lease_table import LeaseTable
from consumer.fleet.leases import SHARD_END
from consumer.fleet.stream import Stream
from consumer.replay.lease_writes import LeaseWrites
from consumer.replay.plan import Plan, plan
from consumer.replay.preconditions import check_leases, check_start_time
from consumer.replay.read_plan import ReadPlan, coarser
from consumer.replay.replay_record import ReplayRecord
from consumer.replay.start_position import StartPosition
from consumer.replay.stream_search import Progress, search_stream

_WATCHED_SECONDS = 2
_READINGS = 4


class Replayer:
    """Plans replays and carries them out; every method raises what boto3 raises.

    Args:
        stream: The stream.
        table: The lease table.
        writes: What writes to it.
        now: The clock, in seconds since 1970 UTC.
        wait: Waits so many seconds.
    """

    def __init__(
        self,
        stream: Stream,
        table: LeaseTable,
        writes: LeaseWrites,
        now: Callable[[], float] = time.time,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._stream, self._table, self._writes = stream, table, writes
        self._now, self._wait = now, wait

    def prepare(
        self,
        start_position: StartPosition,
        named: Sequence[str],
        asked_at: float,
        progress: Progress,
    ) -> Plan:
        """Find out what a replay would write; writes nothing.

        Args:
            start_position: Where it begins.
            named: Shards to replay; all shards if none is named.
            asked_at: When it was asked for, in seconds since 1970 UTC.
            progress: Is told what was read.

        Raises:
            ReplayError: It can't be done.
        """
        # Leases first: if a shard opens in between, its lease isn't seen as another stream's.
        leases, shards = self._table.leases(), self._stream.describe().shards
        listed = frozenset(shard.shard_id for shard in shards)
        check_leases(self._table.names.leases, leases, listed, self._now())
        check_start_time(start_position, self._stream.arn)
        read_plan = ReadPlan(start_position, shards, leases, named, asked_at)
        search_results = search_stream(self._stream, read_plan, progress)
        whole = coarser(start_position, search_results)
        if whole != start_position:
            read_plan = ReadPlan(whole, shards, leases, named, asked_at)
            search_results = search_stream(self._stream, read_plan, progress)
        return plan(read_plan, search_results)

    def carry_out(self, replay_record: ReplayRecord) -> None:
        """Write a replay, wholly or not at all.

        Raises:
            LeasesChangedError: The plan no longer fits the leases; nothing was written.
            OtherReplayError: Another replay was done meanwhile; nothing was written.
        """
        self._writes.write(replay_record, self._counter())

    def look_after(self, replay_record: ReplayRecord) -> None:
        """Restore leases that a worker deletes within the next seconds.

        A worker that has already listed the leases to clean up deletes each of them without a
        condition, even if a replay has opened it again meanwhile.
        """
        removable = [step for step in replay_record.steps if step.now in {SHARD_END, None}]
        for _ in range(_READINGS if removable else 0):
            self._wait(_WATCHED_SECONDS / _READINGS)
            held = {lease.shard_id for lease in self._table.leases()}
            gone = [step for step in removable if step.shard_id not in held]
            self._writes.restore(gone, self._counter())

    def _counter(self) -> int:
        """A number above every lease's counter, which grows a few times a second at most."""
        return int(self._now())
