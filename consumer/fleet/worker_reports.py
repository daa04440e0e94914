"""What a worker reports of itself, in KCL's table of worker metrics."""

from dataclasses import dataclass

from consumer.fleet.items import Item, attributes


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """A worker's last report.

    Attributes:
        worker: The worker's name.
        reported_at: The time by the worker's own clock, in whole seconds since 1970 UTC.
    """

    worker: str
    reported_at: int


def read_report(item: Item) -> WorkerReport:
    """Read a row of the table of worker metrics.

    Raises:
        ValueError: It is not a report.
    """
    try:
        return WorkerReport(worker=item["wid"]["S"], reported_at=int(item["lut"]["N"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"holds a row that is no worker's report; {attributes(item)}") from error
