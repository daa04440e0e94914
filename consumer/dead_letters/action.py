"""What `dead-letters` does: look at records that could not be published, and send them."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from consumer.aws.clients import client
from consumer.dead_letters.listing import is_complete, print_letters, summary
from consumer.delivery.retries import Clocks, Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.s3_bodies import fetch, open_bucket
from consumer.delivery.sns import SnsPublisher
from consumer.delivery.sqs_dead_letters import DeadLetterQueue, QueuedDeadLetter
from consumer.delivery.wiring import open_topic
from consumer.publishing.batches import Batch
from consumer.publishing.claim_check import fit
from consumer.publishing.dead_letter import DeadLetter, encode_whole
from consumer.publishing.errors import PublishError, RecordError
from consumer.publishing.messages import encode_message
from consumer.publishing.ports import ClaimCheck
from consumer.publishing.records import RawRecord
from consumer.publishing.snapshots import decoder_of
from consumer.settings.processor import ProcessorSettings
from consumer.telemetry.logs import LogJournal
from consumer.terminal import exits
from consumer.terminal.failures import configuration_of, told_in_one_line
from consumer.terminal.interrupts import StopRequest, deferred
from consumer.terminal.plurals import counted


@dataclass(frozen=True, slots=True)
class _Office:
    """The queue, the topic, what keeps what is too large for it, and how messages are written."""

    box: DeadLetterQueue
    topic: SnsPublisher
    claim_check: ClaimCheck | None
    settings: ProcessorSettings
    stop: StopRequest

    def letters(self) -> Iterator[QueuedDeadLetter]:
        """Yield every letter once; raise KeyboardInterrupt once the command is to stop."""
        for kept in self.box.letters():
            self.stop.check()
            yield kept


@contextmanager
def _office(properties: Path | None) -> Iterator[_Office]:
    configuration = configuration_of(properties)
    settings = configuration.for_processor("dead-letters")
    url = settings.dead_letter_queue_url
    if url is None:
        click.echo(
            "publisher.deadLetterQueueUrl: is missing; set it in the file or as "
            "PUBLISHER_DEAD_LETTER_QUEUE_URL",
            err=True,
        )
        sys.exit(exits.USAGE)
    queues = client("sqs", attempts=3, region=settings.region_of("sqs"))
    with (
        deferred() as stop,
        told_in_one_line(f"queue {url}"),
        DeadLetterQueue(queues, url) as box,
    ):
        yield _Office(box, *_topic(settings, stop), settings, stop)


def _topic(
    settings: ProcessorSettings, stop: StopRequest
) -> tuple[SnsPublisher, ClaimCheck | None]:
    policy, journal = RetryPolicy(operator_patience_seconds=0), LogJournal(logging.getLogger())
    clocks = Clocks(sleep=stop.sleep)
    retries = partial(Retries, policy=policy, journal=journal, clocks=clocks)
    topic = open_topic(settings, retries, SnsPublisher)
    bucket = open_bucket(settings.claim_check_bucket, settings.region_of("s3"), retries, journal)
    return topic, bucket


def list_all(properties: Path | None, *, as_json: bool) -> None:
    """List every letter: where the record stands and what was wrong with it."""
    with _office(properties) as office:
        found = list(office.letters())
    if as_json:
        for kept in found:
            click.echo(json.dumps(summary(kept), ensure_ascii=False))
    else:
        print_letters(Console(), found)


def show_one(properties: Path | None, letter_id: str) -> None:
    """Print a letter as JSON; end with status 1 where none has this id."""
    with _office(properties) as office:
        found = next((k for k in office.letters() if k.message_id == letter_id), None)
        if found is None:
            click.echo(f"{letter_id}: no letter has this id; see dead-letters list", err=True)
            sys.exit(exits.FAILED)
        click.echo(_whole_text(office, found))


def _whole_text(office: _Office, kept: QueuedDeadLetter) -> str:
    """The letter with its record; as it lies in the queue where the record can't be had."""
    letter, envelope = kept.letter, kept.envelope
    if letter is None or envelope is None or letter.elsewhere is None:
        return kept.text
    try:
        return encode_whole(_fetched(office, letter), envelope)
    except PublishError as error:
        click.echo(f"{kept.message_id}: {error}", err=True)
        return kept.text


def redrive_letters(properties: Path | None, letter_ids: tuple[str, ...]) -> None:
    """Publish letters, all where none is named; end with status 1 where one stays."""
    with _office(properties) as office:
        outcomes = [_redriven(office, kept) for kept in _chosen(office, letter_ids)]
    missing = set(letter_ids) - {message_id for message_id, _ in outcomes}
    for message_id in sorted(missing):
        click.echo(f"{message_id}: no letter has this id", err=True)
    failed = [message_id for message_id, mistake in outcomes if mistake]
    published = counted(len(outcomes) - len(failed), "letter")
    click.echo(f"{published} published, {len(failed)} not published and still in the queue")
    sys.exit(exits.FAILED if failed or missing else 0)


def _chosen(office: _Office, letter_ids: tuple[str, ...]) -> Iterator[QueuedDeadLetter]:
    for kept in office.letters():
        if not letter_ids or kept.message_id in letter_ids:
            yield kept


def _redriven(office: _Office, kept: QueuedDeadLetter) -> tuple[str, str | None]:
    """Publish and delete one letter; return its id, and what kept it from being published."""
    mistake = _publish(office, kept.letter)
    if mistake:
        click.echo(f"{kept.message_id}: {mistake}", err=True)
    else:
        office.box.delete(kept)
    return kept.message_id, mistake


def _publish(office: _Office, letter: DeadLetter | None) -> str | None:
    """Publish a letter; return what keeps it from being published."""
    if letter is None:
        return "is not a dead letter of this program"
    if not is_complete(letter):
        return "its record was too large for the queue, which has its keys only"
    form = office.settings.form(letter.shard_id, redriven=True)
    try:
        message = encode_message(_batch(_fetched(office, letter)), form)
        office.topic.publish(fit(message, office.topic.largest_message(), office.claim_check))
    except (RecordError, PublishError) as error:
        return str(error)
    return None


def _fetched(office: _Office, letter: DeadLetter) -> DeadLetter:
    """The letter with its record, from S3 where it lies there; PublishError if it can't be had."""
    if letter.elsewhere is None:
        return letter
    files = client("s3", attempts=3, region=office.settings.region_of("s3"))
    return replace(letter, data=fetch(files, letter.elsewhere), elsewhere=None)


def _batch(letter: DeadLetter) -> Batch:
    decode = decoder_of(letter.shard_id)
    return Batch((decode(RawRecord(letter.sequence_number, letter.data)),))
