"""What would be published, remembered."""

from consumer.function.dry_run import DryRunBucket, DryRunDeadLetters, DryRunTopic
from consumer.publishing.claim_check import claim_key, location_in
from consumer.publishing.dead_letter import DeadLetter
from consumer.publishing.messages import encode_message
from consumer.publishing.s3_location import S3Location
from tests.builders import FORM, a_batch

FIRST, SECOND = encode_message(a_batch(1, 10), FORM), encode_message(a_batch(11, 20), FORM)


def test_a_topic_of_a_dry_run_takes_everything_in_order() -> None:
    """One message a call, and each has its outcome at once."""
    topic = DryRunTopic(limit=1000)
    topic.begin([FIRST])
    told = [*topic.finished(wait=True), *topic.finished(wait=True)]
    topic.begin([SECOND])

    assert (topic.limits.calls, topic.limits.messages, topic.largest_message()) == (1, 1, 1000)
    assert [message for message, _ in topic.published] == [FIRST, SECOND]
    assert [outcome.message for outcome in [*told, *topic.cancel()]] == [FIRST, SECOND]


def test_a_bucket_of_a_dry_run_gives_the_pointer_that_would_be_published() -> None:
    """To where the body would lie."""
    pointer = DryRunBucket("large").keep(FIRST)

    assert location_in(pointer.body) == S3Location("large", claim_key(FIRST))


def test_dead_letters_of_a_dry_run_go_nowhere() -> None:
    """They count as kept."""
    DryRunDeadLetters().send(DeadLetter("shardId-1", "7", b"", "is too large"))
