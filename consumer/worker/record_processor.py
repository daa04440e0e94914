"""Where a record processor starts: the daemon runs this once for each shard.

It imports little, since every shard pays for that. It gets its settings, which `run` has checked,
through one environment variable.
"""

import logging
import os
import signal
import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TextIO

import boto3

from consumer.aws.credentials import renewing_session
from consumer.delivery.retries import CallLimits, Retries
from consumer.delivery.wiring import open_destinations, retry_policy, shard_processor
from consumer.publishing.ports import Fact, Journal
from consumer.publishing.processor import ShardProcessor
from consumer.settings.processor import ProcessorSettings
from consumer.telemetry.emf import EmfForm, metered
from consumer.telemetry.logs import LogJournal, start_logging
from consumer.telemetry.totals import TotalsJournal
from consumer.terminal import exits
from consumer.worker.kcl import RecordProcessor, converse
from consumer.worker.pipe import claim_stdout, daemon_is_gone, give_sign_of_life
from consumer.worker.shim import IGNORED
from consumer.worker.standstill_report import ReportingJournal


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that is made before the daemon has named a shard.

    Attributes:
        processor: The record processor.
        journal: Where it notes events.
        last: What is done last of all, at the end of the `with`.
    """

    processor: RecordProcessor
    journal: Journal
    last: ExitStack


def main() -> None:
    """Process one shard, as the daemon says on standard input."""
    protocol = claim_stdout()
    ignore_stops()
    try:
        settings = ProcessorSettings.from_environment(os.environ)
    except KeyError:
        sys.exit(_explain_use())
    process(prepare(settings), protocol)


def ignore_stops() -> None:
    """Ignore signals to stop: the daemon announces a stop.

    Service managers and terminals signal the whole process group. If this process ended on SIGTERM,
    the daemon would get no answer and the batch would not be published.
    """
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)


def prepare(settings: ProcessorSettings) -> Prepared:
    """Do what doesn't depend on the shard; of AWS, asks only for credentials."""
    bound: dict[str, Fact] = {"workerId": settings.worker_id, "shardId": None}
    start_logging(settings.log_format, settings.log_level, bound)
    log = ReportingJournal(_log(settings))
    boto3.setup_default_session(botocore_session=renewing_session(settings.region_of("sns")))
    with ExitStack() as stack:
        journal = stack.enter_context(metered(log, *_measuring(settings, bound)))
        processor = _record_processor(settings, bound, journal)
        return Prepared(processor, journal, stack.pop_all())


def _log(settings: ProcessorSettings) -> Journal:
    log = LogJournal(logging.getLogger("consumer"), give_sign_of_life)
    return TotalsJournal(log) if settings.logs_totals else log


def process(prepared: Prepared, protocol: TextIO) -> None:
    """Handle the daemon's actions on standard input, and answer them."""
    with prepared.last:
        converse(prepared.processor, prepared.journal, sys.stdin, protocol)


def _measuring(settings: ProcessorSettings, bound: dict[str, Fact]) -> tuple[EmfForm, float]:
    """How metrics are written, and how often."""

    def shard() -> str | None:
        return str(bound["shardId"]) if settings.metrics_per_shard and bound["shardId"] else None

    form = EmfForm(settings.application, settings.table, shard)
    return form, settings.metrics_period_millis / 1000


def _explain_use() -> int:
    sys.stderr.write(
        "stream-publisher-processor is started by the daemon; start that with "
        "`stream-publisher run --properties FILE`\n"
    )
    return exits.USAGE


def _record_processor(
    settings: ProcessorSettings, bound: dict[str, Fact], journal: Journal
) -> RecordProcessor:
    policy = replace(
        retry_policy(settings),
        operator_patience_seconds=settings.operator_error_exit_after or None,
    )
    limits = CallLimits(daemon_is_gone)
    retries = partial(Retries, policy=policy, journal=journal, limits=limits)
    destinations = open_destinations(settings, retries, journal)
    max_wait_seconds = settings.batch_max_wait_millis / 1000

    def build(shard_id: str) -> ShardProcessor:
        bound["shardId"] = shard_id
        form = settings.form(shard_id)
        return shard_processor(settings, form, destinations, max_wait_seconds=max_wait_seconds)

    return RecordProcessor(build, journal)


if __name__ == "__main__":
    main()
