"""Settings on their way from `run`, which checks them, to the record processors.

They travel in one environment variable, so that a record processor needs neither the properties
file nor the libraries that check it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from consumer.aws.clients import region_of
from consumer.publishing.messages import MessageForm
from consumer.telemetry.logs import LogFormat, LogLevel

OnPoison = Literal["stop", "dead-letter"]

SETTINGS_VARIABLE = "STREAM_PUBLISHER_SETTINGS"


@dataclass(frozen=True, slots=True)
class ChildSettings:
    """What a record processor needs to know, checked before the daemon was started."""

    table: str
    topic_arn: str
    worker_id: str
    batch_size: int
    batch_max_wait_millis: int
    subject: str
    entry_metadata: bool
    plain_images: bool
    on_poison: OnPoison
    dead_letter_queue_url: str | None
    dead_letter_max_percent: int
    max_in_flight: int
    retry_max_wait_millis: int
    operator_error_exit_after: int
    claim_check_bucket: str | None
    max_attempts: int
    max_record_age: int
    application: str
    metrics_interval_millis: int
    metrics_per_shard: bool
    log_format: LogFormat
    log_level: LogLevel

    @property
    def region(self) -> str:
        """The topic's region."""
        return region_of(self.topic_arn)

    def form(self, shard_id: str, *, redriven: bool = False) -> MessageForm:
        """How messages of a shard are written."""
        return MessageForm(
            table=self.table,
            shard_id=shard_id,
            subject=self.subject,
            entry_metadata=self.entry_metadata,
            plain_images=self.plain_images,
            redriven=redriven,
        )

    def to_environment(self) -> dict[str, str]:
        """Return the variable that hands these settings to the record processors."""
        return {SETTINGS_VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "ChildSettings":
        """Read what `to_environment` wrote; KeyError when nobody has."""
        return cls(**json.loads(environ[SETTINGS_VARIABLE]))
