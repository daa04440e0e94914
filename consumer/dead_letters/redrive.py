"""A dead letter on its way from the queue to the topic."""

from consumer.aws.errors import AWS_ERRORS
from consumer.aws.explain import explain
from consumer.dead_letters.listing import is_complete
from consumer.dead_letters.session import Session
from consumer.delivery.sqs_dead_letters import QueuedDeadLetter
from consumer.publishing.batches import Batch
from consumer.publishing.claim_check import fit
from consumer.publishing.dead_letter import DeadLetter
from consumer.publishing.errors import PublishError, RecordError
from consumer.publishing.messages import Message, encode_message
from consumer.publishing.records import RawRecord
from consumer.publishing.snapshots import decoder_of


def redrive(session: Session, queued: QueuedDeadLetter) -> str | None:
    """Publish a dead letter, and delete it; return what kept it in the queue."""
    dead_letter, envelope = queued.dead_letter, queued.envelope
    if dead_letter is None or envelope is None:
        return "is not a dead letter of this program"
    problem = session.home.why_foreign(dead_letter, envelope) or _publish(session, dead_letter)
    return problem or delete(session, queued, "is published, but still in the queue")


def delete(
    session: Session, queued: QueuedDeadLetter, otherwise: str = "is still in the queue"
) -> str | None:
    """Delete a dead letter; return why it is still there, after the words of `otherwise`."""
    try:
        session.queue.delete(queued)
    except AWS_ERRORS as error:
        return explain(otherwise, error)
    return None


def _publish(session: Session, dead_letter: DeadLetter) -> str | None:
    if not is_complete(dead_letter):
        return "its record was too large for the queue, which has its keys only"
    try:
        message = _message(session, session.with_record(dead_letter))
        session.topic.publish(fit(message, session.topic.largest_message(), session.claim_check))
    except (RecordError, PublishError) as error:
        return str(error)
    return None


def _message(session: Session, dead_letter: DeadLetter) -> Message:
    decode = decoder_of(dead_letter.shard_id)
    raw = RawRecord(dead_letter.sequence_number, dead_letter.data)
    # A filter has let it pass already, or it could not be read then.
    record = session.settings.selection().projected(decode(raw))
    form = session.settings.form(dead_letter.shard_id, redriven=True)
    return encode_message(Batch((record,)), form)
