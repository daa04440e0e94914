"""A whole, checked configuration."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from consumer.settings.declaration import values_of
from consumer.settings.forms import table_of
from consumer.settings.kcl import KclSettings
from consumer.settings.processor import ProcessorSettings
from consumer.settings.publisher import PublisherSettings


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that a run needs to know.

    Attributes:
        publisher: The publisher's own settings.
        kcl: The daemon's settings.
    """

    publisher: PublisherSettings
    kcl: KclSettings

    @property
    def stream_arn(self) -> str | None:
        """The stream's ARN where it was given, None where the table's own is to be looked up."""
        return self.publisher.stream_arn or self.kcl.stream_name

    @property
    def table(self) -> str:
        """The table's name."""
        return self.publisher.table or table_of(str(self.stream_arn))

    def for_processor(self, worker_id: str) -> ProcessorSettings:
        """Return what a record processor needs to know."""
        own = {**asdict(self.publisher), "table": self.table}
        return ProcessorSettings(**own, worker_id=worker_id, application=self.kcl.application_name)

    def for_daemon(self, stream_arn: str, worker_id: str) -> dict[str, str]:
        """Return the properties that the daemon reads.

        Args:
            stream_arn: The stream.
            worker_id: The worker's name.
        """
        return {key: _java_text(value) for key, value in self._values(stream_arn, worker_id)}

    def _values(self, stream_arn: str, worker_id: str) -> Iterator[tuple[str, object]]:
        yield from ((rule.key, value) for rule, value in values_of(self.kcl))
        for rule, value in values_of(self.publisher):
            if rule.for_daemon:
                yield rule.key.removeprefix(PublisherSettings.PREFIX), value
        yield "metricsIntervalMillis", self.publisher.metrics_period_millis
        yield "streamName", stream_arn
        yield "workerId", worker_id


def _java_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
