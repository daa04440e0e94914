"""A function made from its environment: settings checked, clients made."""

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from consumer.delivery.retries import CallLimits
from consumer.delivery.wiring import open_parts, retry_policy
from consumer.function.handler import Deadline, Function
from consumer.settings.errors import ConfigurationError
from consumer.settings.function import function_settings
from consumer.settings.rules import Rule
from consumer.telemetry.logs import LogJournal, start_logging

if TYPE_CHECKING:
    from consumer.publishing.ports import Fact

RULES_FILE = Path(__file__).with_name("rules.json")
"""The rules of the settings, which `scripts/lambda-zip` writes."""


def start(environ: Mapping[str, str], rules: Path = RULES_FILE) -> Function:
    """Make the function.

    Raises:
        ConfigurationError: With every mistake at once, each of which is logged, too.
    """
    bound: dict[str, Fact] = {"workerId": None, "shardId": None, "requestId": None}
    start_logging("json", "INFO", bound)
    try:
        settings = function_settings(
            [Rule.from_json(each) for each in json.loads(rules.read_text())], environ
        )
    except ConfigurationError as error:
        _log(error)
        raise
    bound["workerId"] = settings.worker_id
    start_logging(settings.log_format, settings.log_level, bound)
    journal, deadline = LogJournal(logging.getLogger("consumer")), Deadline()
    # A wait for somebody costs as much as work does; Lambda retries by itself.
    policy = replace(retry_policy(settings), operator_patience_seconds=0.0)
    limits = CallLimits(seconds_left=deadline.seconds_left)
    parts = open_parts(settings, policy, journal, limits=limits)
    return Function(settings, parts, deadline, journal, bound)


def _log(error: ConfigurationError) -> None:
    for mistake in error.mistakes:
        logging.getLogger("consumer").error(mistake, extra={"event": "configuration_refused"})
