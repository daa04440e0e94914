"""What `run` does: check everything, then become the daemon."""

import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from consumer.aws.profile_endpoints import profile_endpoints
from consumer.checks.lease_tables import require_tables
from consumer.checks.preflight import check
from consumer.fleet.connections import open_lease_table
from consumer.fleet.table_forms import table_forms
from consumer.run.old_standstills import delete_old_standstills
from consumer.run.topic_claim import TopicClaims
from consumer.run.worker_id import claim_worker_id
from consumer.settings.configuration import Configuration
from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.placeholders import fill_placeholders
from consumer.settings.properties import read_properties
from consumer.settings.resolve import resolve
from consumer.telemetry.logs import LogFormat, single_logger, start_logging
from consumer.terminal import exits
from consumer.terminal.blocks import print_block
from consumer.terminal.interrupts import leave_to_the_system
from consumer.terminal.output import Console
from consumer.terminal.streams import is_terminal
from consumer.worker.forks import with_fork_server
from consumer.worker.launch import plan_launch, start

_ACCEPTED = "Everything is as it must be, and nothing was started"


def start_worker(
    properties: Path | None,
    log_format: LogFormat | None,
    *,
    check_only: bool,
    change_topic: bool,
) -> None:
    """Check everything and become the daemon; end with status 2 where something is wrong."""
    environ = dict(os.environ)
    if log_format:
        environ["PUBLISHER_LOG_FORMAT"] = log_format
    values: dict[str, str] = {}
    try:
        values = read_properties(properties) if properties else {}
        if not _wanted_form(values, environ) and is_terminal(sys.stderr):
            environ["PUBLISHER_LOG_FORMAT"] = "human"
        configuration = resolve(values, environ, profile_endpoints())
        stream_arn = check(configuration, environ)
        worker_id = _worker_id(configuration)
        _check_topic(configuration, worker_id, check_only=check_only, change_topic=change_topic)
    except ConfigurationError as error:
        _report(error, _form(values, environ))
        sys.exit(exits.USAGE)
    if check_only:
        _accept(configuration, stream_arn, worker_id)
    else:
        delete_old_standstills(open_lease_table(configuration))
        launch = plan_launch(configuration, stream_arn, worker_id, environ)
        leave_to_the_system()
        start(with_fork_server(launch))


def _worker_id(configuration: Configuration) -> str:
    if configuration.kcl.worker_id:
        return configuration.kcl.worker_id
    try:
        return claim_worker_id(configuration.kcl.application_name)[0]
    except ValueError as error:
        raise ConfigurationError([f"workerId: {error}"]) from error


def _check_topic(
    configuration: Configuration, worker_id: str, *, check_only: bool, change_topic: bool
) -> None:
    """Claim the topic, or only check that it could be claimed.

    The claim is written into one of the lease tables; so all of them are created first.
    """
    claims = TopicClaims(configuration, worker_id)
    if not check_only:
        require_tables(configuration, table_forms(configuration.kcl))
        claims.take(beside_others=change_topic)
    elif not change_topic:
        claims.check()


def _form(values: Mapping[str, str], environ: Mapping[str, str]) -> LogFormat:
    """Return the format of log lines: settings may name it even where all others are wrong."""
    return "human" if _wanted_form(values, environ) == "human" else "json"


def _wanted_form(values: Mapping[str, str], environ: Mapping[str, str]) -> str | None:
    """Return the format that is asked for; None where none is, so that a terminal decides."""
    filled, _ = fill_placeholders(values, environ)
    return environ.get("PUBLISHER_LOG_FORMAT") or filled.get("publisher.logFormat")


def _report(error: ConfigurationError, form: LogFormat) -> None:
    """Log each mistake as a line of its own."""
    start_logging(form, "INFO", {})
    for mistake in error.mistakes:
        logging.getLogger("consumer").error(mistake, extra={"event": "configuration_refused"})


def _accept(configuration: Configuration, stream_arn: str, worker_id: str) -> None:
    """Tell that nothing is wrong, with what was found: in a JSON line, or for a person."""
    publisher = configuration.publisher
    facts = {"workerId": worker_id, "streamArn": stream_arn, "topicArn": publisher.topic_arn}
    if publisher.log_format == "human":
        print_block(Console(stderr=True), _ACCEPTED, facts)
        return
    extra = {"event": "configuration_accepted", "facts": facts}
    single_logger(publisher.log_format).info(_ACCEPTED, extra=extra)
