"""A replay from the first look at leases and stream to the last write."""

import time
from collections.abc import Callable, Sequence

from consumer.fleet.lease_table import LeaseTable
from consumer.fleet.leases import SHARD_END
from consumer.fleet.stream import Stream
from consumer.replay.history import ReplayRecord
from consumer.replay.lease_writes import LeaseWrites
from consumer.replay.plan import Plan, plan
from consumer.replay.read_plan import ReadPlan, coarser
from consumer.replay.replay_checks import check_leases, check_moment
from consumer.replay.start_position import StartPosition
from consumer.replay.stream_search import Tell, search_stream

_WATCHED_SECONDS = 2
_LOOKS = 4


class Replays:
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

    def prepare(self, origin: StartPosition, named: Sequence[str], tell: Tell) -> Plan:
        """Find out what a replay would write; writes nothing.

        Args:
            origin: Where it begins.
            named: Shards to replay; none are all.
            tell: Is told what was read.

        Raises:
            ReplayError: It can't be done.
        """
        shards, leases = self._stream.describe().shards, self._table.leases()
        now, listed = self._now(), frozenset(shard.shard_id for shard in shards)
        check_leases(self._table.name, leases, listed, now)
        check_moment(origin, self._stream.arn, now)
        survey = ReadPlan(origin, shards, leases, named)
        findings = search_stream(self._stream, survey, tell)
        whole = coarser(origin, findings)
        if whole != origin:
            survey = ReadPlan(whole, shards, leases, named)
            findings = search_stream(self._stream, survey, tell)
        return plan(survey, findings)

    def carry_out(self, entry: ReplayRecord) -> None:
        """Write a replay, wholly or not at all.

        Raises:
            ChangedError: The plan doesn't fit the leases any more; nothing was written.
            OtherReplayError: Another replay was done meanwhile; nothing was written.
        """
        self._writes.write(entry, self._counter())

    def look_after(self, entry: ReplayRecord) -> None:
        """Watch for some seconds that no lease goes that was just written.

        A worker that has listed the leases to be cleaned up removes each of them on no condition,
        even if it was opened again meanwhile.
        """
        removable = [step for step in entry.steps if step.now in {SHARD_END, None}]
        for _ in range(_LOOKS if removable else 0):
            self._wait(_WATCHED_SECONDS / _LOOKS)
            there = {lease.shard_id for lease in self._table.leases()}
            gone = [step for step in removable if step.shard_id not in there]
            self._writes.restore(gone, self._counter())

    def _counter(self) -> int:
        """More than a lease can have counted to: it counts a few times a second at most."""
        return int(self._now())
