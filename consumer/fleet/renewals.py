"""When leases were renewed, as far as several readings of the lease table tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from consumer.fleet.leases import Lease


@dataclass(frozen=True, slots=True)
class Renewals:
    """The renewals seen so far. The lease table holds counters, no times.

    Attributes:
        counters: Each lease's counter at the last reading, by shard id.
        seen_at: When the last change of each counter was noticed, in seconds since 1970 UTC.
        since: When the first reading was; None before it.
    """

    counters: Mapping[str, int] = field(default_factory=dict)
    seen_at: Mapping[str, float] = field(default_factory=dict)
    since: float | None = None

    def after(self, leases: Iterable[Lease], at: float) -> "Renewals":
        """Return the renewals seen with another reading."""
        counters = {lease.shard_id: lease.counter for lease in leases}
        changed = {
            shard_id: at
            for shard_id, counter in counters.items()
            if self.counters.get(shard_id, counter) != counter
        }
        since = at if self.since is None else self.since
        return Renewals(counters, {**self.seen_at, **changed}, since)

    def watched_seconds(self, now: float) -> float:
        """How long the leases have been watched."""
        return 0.0 if self.since is None else now - self.since

    def seconds_since(self, shard_id: str, now: float) -> float | None:
        """How long ago a renewal was noticed; None if none was."""
        return now - self.seen_at[shard_id] if shard_id in self.seen_at else None
