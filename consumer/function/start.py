"""Makes the function from its environment: checks settings, makes clients."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from consumer.delivery.wiring import open_destinations, retry_policy
from consumer.function.handler import Deadline, Function
from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.function import function_settings
from consumer.telemetry.logs import LogJournal, start_logging

if TYPE_CHECKING:
    from consumer.publishing.ports import Fact


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
    policy = replace(
        retry_policy(settings),
        # Waiting for an operator costs as much as work does, and Lambda retries by itself.
        operator_patience_seconds=0.0,
        seconds_left=deadline.seconds_left,
    )
    destinations = open_destinations(settings, policy, journal)
    return Function(settings, destinations, deadline, bound)


def _log(error: ConfigurationError) -> None:
    for mistake in error.mistakes:
        logging.getLogger("consumer").error(mistake, extra={"event": "configuration_refused"})
