"""What `dead-letters` does: look at records that could not be published, and publish them."""

import sys
from pathlib import Path

from consumer.dead_letters.listing import print_dead_letters, summary
from consumer.dead_letters.redrive import redrive
from consumer.dead_letters.session import Session, open_session
from consumer.delivery.sqs_dead_letters import QueuedDeadLetter
from consumer.publishing.dead_letter import encode_whole
from consumer.publishing.errors import PublishError
from consumer.terminal import exits
from consumer.terminal.output import Console, say, say_error, say_json
from consumer.terminal.plurals import counted


def list_all(properties: Path | None, *, as_json: bool) -> None:
    """List every dead letter: where the record stands and what was wrong with it."""
    with open_session(properties) as session:
        found = list(session.dead_letters())
    if as_json:
        for queued in found:
            say_json(summary(queued))
    else:
        print_dead_letters(Console(), found)


def show_one(properties: Path | None, dead_letter_id: str) -> None:
    """Print a dead letter as JSON; end with status 1 where none has this id."""
    with open_session(properties) as session:
        found = next((q for q in session.dead_letters() if q.message_id == dead_letter_id), None)
        if found is None:
            say_error(f"{dead_letter_id}: no dead letter has this id; see dead-letters list")
            sys.exit(exits.FAILED)
        say(_whole_text(session, found))


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


def redrive_chosen(properties: Path | None, chosen: tuple[str, ...]) -> None:
    """Publish dead letters, all where none is named; end with status 1 where one stays."""
    problems: dict[str, str | None] = {}
    with open_session(properties) as session:
        for queued in session.dead_letters():
            if not chosen or queued.message_id in chosen:
                problems[queued.message_id] = _redriven(session, queued)
    missing = sorted(set(chosen) - problems.keys())
    for dead_letter_id in missing:
        say_error(f"{dead_letter_id}: no dead letter has this id")
    failed = sum(1 for problem in problems.values() if problem)
    published = counted(len(problems) - failed, "dead letter")
    say(f"{published} published, {failed} not published and still in the queue")
    sys.exit(exits.FAILED if failed or missing else 0)


def _redriven(session: Session, queued: QueuedDeadLetter) -> str | None:
    problem = redrive(session, queued)
    if problem:
        say_error(f"{queued.message_id}: {problem}")
    return problem
