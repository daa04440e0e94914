"""What has been written and what has arrived so far, with times."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from consumer.demo.changes import Change
from consumer.demo.comparison import Comparison, compare
from consumer.local.subscription import Received

Key = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class DemoResult:
    """The demo's figures; times are in seconds since the command was given."""

    written: int
    messages: int
    delivered: int
    largest_batch: int
    lost: int
    duplicates: int
    seconds_to_first_message: float | None
    seconds: float

    def to_json(self) -> Mapping[str, Any]:
        """The figures by name."""
        return asdict(self)


@dataclass
class Tally:
    """Keeps count.

    Attributes:
        started: When the command was given, in seconds of the caller's clock.
    """

    started: float
    written: list[Change] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    first_message_at: float | None = None
    _written_at: dict[Key, float] = field(default_factory=dict)

    def write(self, change: Change, now: float) -> None:
        """Count a change that was written."""
        self.written.append(change)
        self._written_at[_key(change.to_entry())] = now

    def receive(self, received: Received, now: float) -> Sequence[float]:
        """Count a message; return how long each of its changes took since its write."""
        self.first_message_at = self.first_message_at or now
        self.received.append(received)
        delays = (now - self._written_at.get(_key(entry), now) for entry in received.entries)
        return list(delays)

    @property
    def arrived(self) -> int:
        """Changes that arrived, repeats included."""
        return sum(len(received.entries) for received in self.received)

    def comparison(self) -> Comparison:
        """Written and arrived changes, compared one by one."""
        entries = [entry for received in self.received for entry in received.entries]
        return compare(self.written, entries)

    def outcome(self, now: float) -> DemoResult:
        """The figures so far."""
        compared = self.comparison()
        first = self.first_message_at
        return DemoResult(
            written=len(self.written),
            messages=len(self.received),
            delivered=compared.delivered,
            largest_batch=max((len(received.entries) for received in self.received), default=0),
            lost=compared.lost,
            duplicates=compared.duplicates,
            seconds_to_first_message=None if first is None else round(first - self.started, 2),
            seconds=round(now - self.started, 2),
        )


def _key(entry: Mapping[str, Any]) -> Key:
    """What tells a change from every other: each write of the demo has its own version."""
    return _version(entry["newImage"]), _version(entry["oldImage"])


def _version(image: Mapping[str, Any] | None) -> str | None:
    return None if image is None else str(image["version"]["N"])
