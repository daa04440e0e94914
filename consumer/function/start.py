"""Makes the function from its environment: checks settings, makes clients."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from consumer.delivery.retries import CallLimits, Retries, RetriesOf
from consumer.delivery.wiring import open_destinations, retry_policy
from consumer.function.handler import Deadline, Function
from consumer.publishing.ports import Fact, Journal
from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.function import function_settings
from consumer.settings.processor import ProcessorSettings
from consumer.telemetry.logs import LogJournal, start_logging


def start(environ: Mapping[str, str]) -> Function:
    """Make the function.

    Raises:
        ConfigurationError: With every mistake at once, each of which is logged, too.
    """
    bound: dict[str, Fact] = {"workerId": None, "shardId": None, "requestId": None}
    start_logging("json", "INFO", bound)
    try:
        settings = function_settings(environ)
    except ConfigurationError as error:
        _log(error)
        raise
    bound["workerId"] = settings.worker_id
    start_logging(settings.log_format, settings.log_level, bound)
    journal, deadline = LogJournal(logging.getLogger("consumer")), Deadline()
    destinations = open_destinations(settings, retries_within(deadline, settings, journal), journal)
    return Function(settings, destinations, deadline, bound)


def retries_within(deadline: Deadline, settings: ProcessorSettings, journal: Journal) -> RetriesOf:
    """Return the retries of calls that must begin before a deadline."""
    # Waiting for an operator costs as much as work does, and Lambda retries by itself.
    policy = replace(retry_policy(settings), operator_patience_seconds=0.0)
    limits = CallLimits(seconds_left=deadline.seconds_left)
    return partial(Retries, policy=policy, journal=journal, limits=limits)


def _log(error: ConfigurationError) -> None:
    for mistake in error.mistakes:
        logging.getLogger("consumer").error(mistake, extra={"event": "configuration_refused"})
