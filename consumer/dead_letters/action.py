"""What `dead-letters` does: look at records that could not be published, and publish them."""

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from consumer.dead_letters.images import keys_of, keys_text
from consumer.dead_letters.listing import print_dead_letters, summary
from consumer.dead_letters.redrive import delete, redrive
from consumer.dead_letters.screen import show
from consumer.dead_letters.session import Session, open_session
from consumer.delivery.sqs_dead_letters import QueuedDeadLetter
from consumer.publishing.dead_letter import encode_whole
from consumer.publishing.errors import PublishError
from consumer.terminal import exits
from consumer.terminal.activity import Activity
from consumer.terminal.output import Console, say, say_error, say_json
from consumer.terminal.plurals import counted


def list_all(properties: Path | None, *, everything: bool, as_json: bool) -> None:
    """List dead letters by reason: item, place in the stream and what was wrong."""
    with open_session(properties) as session, _reading(session) as dead_letters:
        found = list(dead_letters)
    if as_json:
        for queued in found:
            say_json(summary(queued))
    else:
        print_dead_letters(Console(), found, everything=everything)


def show_one(properties: Path | None, dead_letter_id: str, *, as_json: bool) -> None:
    """Print a dead letter; end with status 1 where none has this id."""
    with open_session(properties) as session:
        found = _chosen(session, {dead_letter_id})
        if not found:
            sys.exit(exits.FAILED)
        text = _whole_text(session, found[0])
    show(Console(), dead_letter_id, text, as_json=as_json)


def redrive_chosen(properties: Path | None, chosen: tuple[str, ...]) -> None:
    """Publish dead letters, all where none is named; end with status 1 where one stays."""
    problems: dict[str, str | None] = {}
    with open_session(properties) as session, _reading(session, "Publishing") as dead_letters:
        for queued in dead_letters:
            if not chosen or queued.message_id in chosen:
                problems[queued.message_id] = _told(queued, redrive(session, queued))
    missing = _say_missing(chosen, problems)
    failed = sum(1 for problem in problems.values() if problem)
    published = counted(len(problems) - failed, "dead letter")
    say(f"{published} published, {failed} not published and still in the queue")
    sys.exit(exits.FAILED if failed or missing else 0)


def discard_chosen(properties: Path | None, chosen: tuple[str, ...], *, yes: bool) -> None:
    """Delete dead letters without publishing them; end with status 1 where one stays."""
    with open_session(properties) as session:
        found = _chosen(session, chosen)
        for queued in found:
            say_error(_line(queued))
        question = f"Delete {counted(len(found), 'dead letter')} for good, unpublished?"
        if found and not yes and not click.confirm(question, err=True):
            say_error("Nothing was deleted.")
            sys.exit(exits.FAILED)
        problems = [_told(queued, delete(session, queued)) for queued in found]
    deleted = problems.count(None)
    say(f"{counted(deleted, 'dead letter')} deleted")
    sys.exit(0 if deleted == len(set(chosen)) else exits.FAILED)


@contextmanager
def _reading(session: Session, verb: str = "Reading") -> Iterator[Iterator[QueuedDeadLetter]]:
    """Give every dead letter once, and tell meanwhile how many they are."""
    with Activity(f"{verb} dead letters") as activity:

        def counting() -> Iterator[QueuedDeadLetter]:
            for number, queued in enumerate(session.dead_letters(), 1):
                activity.tell(f"{verb} dead letters: {number:,}")
                yield queued

        yield counting()


def _chosen(session: Session, chosen: Collection[str]) -> list[QueuedDeadLetter]:
    """Return the dead letters with these ids; print a line for each id that none has."""
    found: dict[str, QueuedDeadLetter] = {}
    with _reading(session) as dead_letters:
        for queued in dead_letters:
            if queued.message_id in chosen:
                found[queued.message_id] = queued
            if len(found) == len(set(chosen)):
                break
    _say_missing(chosen, found)
    return list(found.values())


def _say_missing(chosen: Collection[str], found: Collection[str]) -> bool:
    missing = sorted(set(chosen) - set(found))
    for dead_letter_id in missing:
        say_error(f"{dead_letter_id}: no dead letter has this id; see dead-letters list")
    return bool(missing)


def _line(queued: QueuedDeadLetter) -> str:
    told = summary(queued)
    key = f"{keys_text(keys_of(queued.text))}: " if "time" in told else ""
    return f"{queued.message_id}  {key}{told['reason']}"


def _whole_text(session: Session, queued: QueuedDeadLetter) -> str:
    """The dead letter with its record; as it lies in the queue where the record can't be had."""
    dead_letter, envelope = queued.dead_letter, queued.envelope
    if dead_letter is None or envelope is None or dead_letter.elsewhere is None:
        return queued.text
    problem = session.home.why_foreign(dead_letter, envelope)
    if problem is None:
        try:
            return encode_whole(session.with_record(dead_letter), envelope)
        except PublishError as error:
            problem = str(error)
    say_error(f"{queued.message_id}: {problem}")
    return queued.text


def _told(queued: QueuedDeadLetter, problem: str | None) -> str | None:
    if problem:
        say_error(f"{queued.message_id}: {problem}")
    return problem
