"""Which changes are published, and what of them: filter, projection and mask put together."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from consumer.filtering.canonical import canonical
from consumer.filtering.matcher import matches, why_not
from consumer.filtering.paths import Path, values_at
from consumer.filtering.pattern import Pattern
from consumer.filtering.projection import Projection
from consumer.publishing.errors import RecordError
from consumer.publishing.records import ChangeRecord, Image

_NOT_JSON = (TypeError, ValueError, RecursionError)
"""What is raised where a record has no attributes of DynamoDB."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a record.

    Attributes:
        stays: Whether it is published.
        reason: Why, or why not, in words.
    """

    stays: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Selection:
    """Decides about one record after the other; each decision depends on the record alone.

    Attributes:
        patterns: A record must match one of them, if there are any.
        changed: A MODIFY must change one of these attributes, if any are named.
        projection: What is left of images and keys.
        drops_unchanged: Whether a MODIFY goes if what is left of both images is the same.
    """

    patterns: tuple[Pattern, ...] = ()
    changed: tuple[Path, ...] = ()
    projection: Projection = field(default_factory=Projection)
    drops_unchanged: bool = False

    @property
    def is_all(self) -> bool:
        """Whether every record stays."""
        return not (self.patterns or self.changed or self.drops_unchanged)

    def select(self, record: ChangeRecord) -> ChangeRecord | None:
        """Return what is published of a record; None where it is filtered out.

        Raises:
            RecordError: What is compared or masked is not DynamoDB JSON.
        """
        try:
            return self._projected(record) if self._stays(record) else None
        except _NOT_JSON as error:
            raise RecordError(record.sequence_number, f"not DynamoDB JSON: {error}") from error

    def projected(self, record: ChangeRecord) -> ChangeRecord:
        """Return what is published of a record that no filter concerns; raises as `select`."""
        everything = Selection(projection=self.projection)
        return everything.select(record) or record

    def _projected(self, record: ChangeRecord) -> ChangeRecord:
        if self.projection.is_all:
            return record
        return replace(
            record,
            new_image=record.new_image and self._left(record.new_image, record.keys),
            old_image=record.old_image and self._left(record.old_image, record.keys),
            keys=self.projection.masked(record.keys),
        )

    def verdict(self, record: ChangeRecord) -> Verdict:
        """Return what becomes of a record, and why; raises as `select`."""
        try:
            return self._verdict(record)
        except _NOT_JSON as error:
            raise RecordError(record.sequence_number, f"not DynamoDB JSON: {error}") from error

    def _verdict(self, record: ChangeRecord) -> Verdict:
        if not self._is_wanted(record):
            reasons = (why_not(pattern, record.document) for pattern in self.patterns)
            return Verdict(stays=False, reason="; ".join(_numbered(list(reasons))))
        if not self._has_change(record):
            return Verdict(stays=False, reason="none of publisher.changedAttributes has changed")
        if self._is_unchanged(record):
            return Verdict(stays=False, reason="nothing has changed in what is left of it")
        reason = "publisher.filter matches" if self.patterns else "nothing filters it out"
        return Verdict(stays=True, reason=reason)

    def _stays(self, record: ChangeRecord) -> bool:
        is_wanted = self._is_wanted(record) and self._has_change(record)
        return is_wanted and not self._is_unchanged(record)

    def _is_wanted(self, record: ChangeRecord) -> bool:
        if not self.patterns:
            return True
        return any(matches(pattern, record.document) for pattern in self.patterns)

    def _has_change(self, record: ChangeRecord) -> bool:
        both = _both_images(record)
        if not self.changed or both is None:
            return True
        return any(_at(both[0], path) != _at(both[1], path) for path in self.changed)

    def _is_unchanged(self, record: ChangeRecord) -> bool:
        both = _both_images(record)
        if not self.drops_unchanged or both is None:
            return False
        old, new = (self.projection.visible(image, record.keys) for image in both)
        return canonical(old) == canonical(new)

    def _left(self, image: Image, keys: Image) -> Image:
        return self.projection.masked(self.projection.visible(image, keys))


def _both_images(record: ChangeRecord) -> tuple[Image, Image] | None:
    """Return the images of a MODIFY; None of any other change, and where the stream lacks one."""
    if record.event_name != "MODIFY" or record.old_image is None or record.new_image is None:
        return None
    return record.old_image, record.new_image


def _at(image: Image, path: Path) -> list[bytes]:
    return [canonical(attribute) for attribute in values_at(image, path)]


def _numbered(reasons: list[str]) -> Iterable[str]:
    if len(reasons) == 1:
        return reasons
    return (f"pattern {number}: {reason}" for number, reason in enumerate(reasons, start=1))
