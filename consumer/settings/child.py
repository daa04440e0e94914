"""Settings on their way from `run`, which checks them, to the record processors.

They travel in one environment variable, so that a record processor needs neither the properties
file nor the libraries that check it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from consumer.adapters.logs import LogFormat, LogLevel

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
    retry_max_wait_millis: int
    log_format: LogFormat
    log_level: LogLevel

    def to_environment(self) -> dict[str, str]:
        """Return the variable that hands these settings to the record processors."""
        return {SETTINGS_VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "ChildSettings":
        """Read what `to_environment` wrote; KeyError when nobody has."""
        return cls(**json.loads(environ[SETTINGS_VARIABLE]))
