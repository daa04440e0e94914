"""What would be published, remembered."""

from consumer.function.dry_run import (
    DryRunBucket,
    DryRunDeadLetters,
    DryRunTopic,
    RecordingPublisher,
)
from consumer.publishing.claim_check import claim_key, location_in
from consumer.publishing.errors import BatchError
from consumer.publishing.messages import encode_message
from consumer.publishing.poison import DeadLetter
from consumer.publishing.ports import Receipt
from consumer.publishing.s3_location import S3Location
from tests.builders import FORM, a_batch
from tests.fakes import LANES, FakeTopic

FIRST, SECOND = encode_message(a_batch(1, 10), FORM), encode_message(a_batch(11, 20), FORM)


def test_a_topic_of_paper_takes_everything_in_order() -> None:
    """One message a call, and each has its outcome at once."""
    topic = DryRunTopic(limit=1000)
    topic.begin([FIRST])
    told = [*topic.finished(wait=True), *topic.finished(wait=True)]
    topic.begin([SECOND])

    assert (topic.limits.calls, topic.limits.messages, topic.largest_message()) == (1, 1, 1000)
    assert [outcome.message for outcome in [*told, *topic.cancel()]] == [FIRST, SECOND]


def test_a_bucket_of_paper_gives_the_pointer_that_would_be_published() -> None:
    """To where the body would lie."""
    pointer = DryRunBucket("large").keep(FIRST)

    assert location_in(pointer.body) == S3Location("large", claim_key(FIRST))


def test_letters_of_paper_go_nowhere() -> None:
    """They count as kept."""
    DryRunDeadLetters().send(DeadLetter("shardId-1", "7", b"", "is too large"))


def test_a_witness_remembers_what_was_taken_and_nothing_else() -> None:
    """Alone, in a call, and in one that is called back."""
    topic = FakeTopic(refused='"item-11"')
    witness = RecordingPublisher(topic)
    witness.publish(FIRST)
    for is_called_back in (False, True):
        witness.begin([FIRST, SECOND])
        first, second = witness.cancel() if is_called_back else witness.finished(wait=True)
        assert isinstance(first.result, Receipt)
        assert isinstance(second.result, BatchError)

    assert [message for message, _ in witness.seen] == [FIRST, FIRST, FIRST]
    assert (witness.limits, witness.largest_message()) == (LANES, 262_144)
