"""What the daemon's settings must be to one another."""

from collections.abc import Iterator
from itertools import combinations

from consumer.settings.kcl import KclSettings


def cross_check_kcl(kcl: KclSettings) -> Iterator[str]:
    """Yield a line for each setting of the daemon that contradicts another."""
    yield from _one_table_for_two(kcl)
    yield from _late_measurement(kcl)


def _one_table_for_two(kcl: KclSettings) -> Iterator[str]:
    named = {
        "tableName": kcl.lease_table,
        "workerMetricsTableName": kcl.worker_metrics_table,
        "coordinatorStateTableName": kcl.coordinator_state_table,
    }
    for (key, name), (other, others) in combinations(named.items(), 2):
        if name == others:
            yield f"{other} = {name!r}: is the table of {key}, too; each needs a table of its own"


def _late_measurement(kcl: KclSettings) -> Iterator[str]:
    measured = kcl.in_memory_worker_metrics_capture_frequency_millis
    reported = kcl.worker_metrics_reporter_freq_in_millis
    if measured > reported:
        yield (
            f"inMemoryWorkerMetricsCaptureFrequencyMillis = '{measured}': is more than "
            f"workerMetricsReporterFreqInMillis, so that a report would be empty; set at most "
            f"{reported}"
        )
