"""What `simulate` does: show what the Lambda function would make of an event."""

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from rich.text import Text

from consumer.delivery.sns import DEFAULT_LIMIT
from consumer.delivery.wiring import open_destinations, open_topic
from consumer.function.dry_run import DryRunBucket, DryRunDeadLetters, DryRunTopic
from consumer.function.handler import Deadline, Function
from consumer.function.invocation import Invocation, read_invocation
from consumer.function.recording import RecordingPublisher
from consumer.function.simulated import Notes, Simulated, render, to_json
from consumer.function.start import retries_within
from consumer.function.verdicts import judge
from consumer.publishing.errors import EventError, PoisonError
from consumer.publishing.poison import DeadLetterOnPoison, StopOnPoison
from consumer.publishing.shard import Destinations
from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.cross_checks import STREAM_KEYS
from consumer.settings.processor import ProcessorSettings
from consumer.settings.properties import read_properties
from consumer.settings.variables import environment_name
from consumer.terminal import exits
from consumer.terminal.activity import Activity
from consumer.terminal.failures import configuration_of, refuse
from consumer.terminal.output import Console, say

_NO_TOPIC = "arn:aws:sns:us-east-1:000000000000:not-published"
_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Event:
    """An event of Lambda.

    Attributes:
        file: Where it was read.
        content: What was read.
        invocation: The same, understood.
    """

    file: Path
    content: object
    invocation: Invocation


def simulate_events(
    files: Sequence[Path], properties: Path | None, *, publish: bool, verbose: bool, as_json: bool
) -> None:
    """Print what comes of events; end with status 1 where Lambda would be told of a failure."""
    console, failed = Console(), 0
    width = console.width if console.is_terminal else None
    for event, settings in _prepared(files, properties, publish=publish):
        with Activity("Publishing") if publish else nullcontext():
            simulated = _simulate(event.file, event.content, settings, publish=publish)
        judged = tuple(judge(settings.selection(), event.invocation.records))
        simulated = replace(simulated, judged=judged)
        failed += simulated.failed
        named = {"file": str(event.file)} if len(files) > 1 else {}
        if as_json:
            for line in to_json(simulated, named):
                say(line)
            continue
        if named:
            console.print(Text(f"{event.file}:"), soft_wrap=True)
        console.print(render(simulated, verbose=verbose, width=width), soft_wrap=True)
    sys.exit(exits.FAILED if failed else 0)


def _prepared(
    files: Sequence[Path], properties: Path | None, *, publish: bool
) -> list[tuple[_Event, ProcessorSettings]]:
    """Read every event and its settings; name the mistakes of all files at once."""
    events: list[_Event] = []
    mistakes: list[str] = []
    for file in files:
        try:
            content = _read(file)
            events.append(_Event(file, content, read_invocation(content)))
        except EventError as error:
            mistakes += [f"{file}: {mistake}" for mistake in error.mistakes]
    if mistakes:
        refuse(mistakes)
    return [(each, _settings(properties, each.invocation, publish=publish)) for each in events]


def _read(file: Path) -> object:
    """Read an event; EventError where it can't be read."""
    try:
        text = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return json.loads(text)
    except OSError as error:
        raise EventError([f"can't be read: {error.strerror}; name another file"]) from error
    except (ValueError, RecursionError) as error:
        mistake = f"is not JSON: {error}; give an event as Lambda hands it over"
        raise EventError([mistake]) from error


def _settings(
    properties: Path | None, invocation: Invocation, *, publish: bool
) -> ProcessorSettings:
    """The settings; what only a worker needs, and what only publishing needs, may be missing."""
    defaults = {"applicationName": "simulate"}
    if not publish:
        defaults["publisher.topicArn"] = _NO_TOPIC
    if not _names_a_table(properties, os.environ):
        defaults["publisher.table"] = invocation.table or "no-records"
    return configuration_of(properties, defaults).for_processor("simulate")


def _names_a_table(properties: Path | None, environ: Mapping[str, str]) -> bool:
    try:
        values = read_properties(properties) if properties else {}
    except ConfigurationError as error:
        refuse(error.mistakes)
    return any(values.get(key) or environ.get(environment_name(key)) for key in STREAM_KEYS)


def _simulate(
    file: Path, event: object, settings: ProcessorSettings, *, publish: bool
) -> Simulated:
    notes, deadline = Notes(), Deadline()
    topic, destinations = (_real if publish else _dry)(settings, notes, deadline)
    function = Function(settings, destinations, deadline, {})
    simulated = Simulated(topic.published, notes.taken, is_published=publish)
    try:
        return replace(simulated, answer=function.handle(event, _Invoked()))
    except PoisonError as error:
        return replace(simulated, raised=str(error))
    except EventError as error:
        refuse(f"{file}: {mistake}" for mistake in error.mistakes)


def _dry(
    settings: ProcessorSettings, notes: Notes, _deadline: Deadline
) -> tuple[DryRunTopic, Destinations]:
    topic, bucket = DryRunTopic(DEFAULT_LIMIT), settings.claim_check_bucket
    percent = settings.dead_letter_max_percent
    is_kept = settings.on_poison == "dead-letter"
    poison = DeadLetterOnPoison(DryRunDeadLetters(), percent) if is_kept else StopOnPoison()
    return topic, Destinations(topic, DryRunBucket(bucket) if bucket else None, poison, notes)


def _real(
    settings: ProcessorSettings, notes: Notes, deadline: Deadline
) -> tuple[RecordingPublisher, Destinations]:
    retries = retries_within(deadline, settings, notes)
    topic = open_topic(settings, retries, RecordingPublisher)
    return topic, open_destinations(settings, retries, notes, topic)


class _Invoked:
    """An invocation that has a minute from now on."""

    aws_request_id = "simulate"
    invoked_function_arn = ""

    def __init__(self) -> None:
        self._until = time.monotonic() + _SECONDS

    def get_remaining_time_in_millis(self) -> int:
        """What is left of the minute."""
        return round((self._until - time.monotonic()) * 1000)
