"""Settings on their way from `run`, which checks them, to the record processors.

They travel in one environment variable, so that a record processor needs neither the properties
file nor the check.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from consumer.filtering.paths import Path, read_paths
from consumer.filtering.pattern import read_patterns
from consumer.filtering.projection import Mask, Projection
from consumer.filtering.selection import Selection
from consumer.publishing.grouping import Grouping
from consumer.publishing.messages import MessageForm
from consumer.settings.publisher import PublisherSettings

SETTINGS_VARIABLE = "STREAM_PUBLISHER_SETTINGS"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessorSettings(PublisherSettings):
    """What a record processor needs to know: the publisher's own settings, and who publishes.

    Attributes:
        table: The table, named by the settings or by the stream's ARN.
        worker_id: The worker's name.
        application: The application's name, for metrics.
    """

    table: str
    worker_id: str
    application: str

    def form(self, shard_id: str, *, redriven: bool = False) -> MessageForm:
        """How messages of a shard are written."""
        return MessageForm(
            table=self.table,
            shard_id=shard_id,
            subject=self.subject,
            entry_metadata=self.entry_metadata,
            plain_images=self.plain_images,
            redriven=redriven,
            grouping=self._grouping,
            most_changes=self._most_changes,
            envelope=self.envelope,
        )

    def selection(self) -> Selection:
        """Which changes are published, and what of them."""
        mask = Mask(_paths(self.mask_attributes), (self.mask_key or "").encode())
        projection = Projection(
            _paths(self.include_attributes),
            _paths(self.exclude_attributes),
            mask if mask.paths else None,
        )
        return Selection(
            patterns=read_patterns(self.filter) if self.filter else (),
            changed=_paths(self.changed_attributes),
            projection=projection,
            drops_unchanged=self.drop_unchanged,
        )

    @property
    def logs_totals(self) -> bool:
        """Whether a worker logs totals instead of a line for each message."""
        is_for_a_person = self.log_format == "human" and self.log_level != "DEBUG"
        return is_for_a_person or self.log_batches == "totals"

    @property
    def collected(self) -> int:
        """How many changes of a shard are collected before they leave."""
        return self._grouping.collected(self.batch_size) if self._grouping else self.batch_size

    @property
    def most_groups(self) -> int:
        """How many message groups a FIFO topic gets side by side, at most."""
        return self._grouping.groups or self.collected if self._grouping else 1

    @property
    def _most_changes(self) -> int | None:
        if self.envelope == "change":
            return 1
        return self.batch_size if self._grouping else None

    @property
    def _grouping(self) -> Grouping | None:
        return Grouping.read(self.fifo_group)

    def to_environment(self) -> dict[str, str]:
        """Return the variable that hands these settings to the record processors."""
        return {SETTINGS_VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "ProcessorSettings":
        """Read what `to_environment` wrote; KeyError when nobody has."""
        return cls(**json.loads(environ[SETTINGS_VARIABLE]))


def _paths(text: str | None) -> tuple[Path, ...]:
    return read_paths(text) if text else ()
