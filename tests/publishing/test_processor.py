"""The life of a shard."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from consumer.publishing.batches import Batch
from consumer.publishing.errors import (
    BatchError,
    OperatorError,
    PoisonError,
    RefusedDeadLetterError,
    RetriesExhaustedError,
    TooManyDeadLettersError,
)
from consumer.publishing.messages import Message, MessageForm, encode_message
from consumer.publishing.poison import DeadLetterOnPoison, PoisonPolicy
from consumer.publishing.ports import ClaimCheck, ConcurrencyLimits, Fact, Receipt
from consumer.publishing.processor import RecordsInput
from consumer.publishing.records import RawRecord, decode_record
from tests.builders import FORM, a_batch, a_document, a_raw_record, raw_records
from tests.fakes import (
    LIMITS,
    FakeCheckpointer,
    FakeClaimCheck,
    FakeDeadLetters,
    FakeJournal,
    FakeTopic,
    a_processor,
)


class Shard:
    """A shard's processor with its surroundings."""

    def __init__(
        self,
        poison: PoisonPolicy | None = None,
        claim_check: ClaimCheck | None = None,
        limits: ConcurrencyLimits = LIMITS,
        form: MessageForm = FORM,
    ) -> None:
        self.topic = FakeTopic(limits=limits)
        self.journal, self.checkpoints = FakeJournal(), FakeCheckpointer()
        self.processor = a_processor(
            self.topic, self.journal, poison, claim_check=claim_check, form=form
        )

    def deliver(self, *records: RawRecord, now: float = 0.0) -> None:
        """One call of the daemon."""
        self.processor.process_records(RecordsInput(records, 250, now), self.checkpoints)

    @property
    def published(self) -> list[list[str]]:
        """The items' ids in each message."""
        return [
            [entry["newImage"]["id"]["S"] for entry in json.loads(message.body)]
            for message in self.topic.messages
        ]


def ids(first: int, last: int) -> list[str]:
    """Ids of the items of records first to last."""
    return [f"item-{number}" for number in range(first, last + 1)]


def test_ten_records_are_one_message() -> None:
    """Full batches leave in the stream's order, together in one call; the rest waits."""
    shard = Shard()
    shard.deliver(*raw_records(1, 25))

    assert shard.published == [ids(1, 10), ids(11, 20)]
    assert len(shard.topic.calls) == 1
    assert shard.checkpoints.made == ["20"]


def test_batches_are_filled_across_deliveries() -> None:
    """The daemon's page size doesn't show in the messages."""
    shard = Shard()
    shard.deliver(*raw_records(1, 4))
    shard.deliver(*raw_records(5, 12))

    assert shard.published == [ids(1, 10)]
    assert shard.checkpoints.made == ["10"]


def test_a_partial_batch_leaves_by_time() -> None:
    """An empty delivery is the clock of a quiet shard."""
    shard = Shard()
    shard.deliver(*raw_records(1, 3), now=100)
    shard.deliver(now=100.5)
    assert shard.published == []

    shard.deliver(now=101)
    assert shard.published == [ids(1, 3)]
    assert shard.checkpoints.made == ["3"]


def test_a_shards_end_publishes_the_rest_and_checkpoints_the_end() -> None:
    """Child shards may begin only when everything in their parent is published."""
    shard = Shard()
    shard.deliver(*raw_records(1, 3))
    shard.processor.shard_ended(shard.checkpoints)

    assert shard.published == [ids(1, 3)]
    assert shard.checkpoints.made == ["3", "SHARD_END"]
    assert shard.journal.events[-1] == "shard_ended"


def test_a_requested_shutdown_publishes_the_rest() -> None:
    """A stop leaves nothing to publish twice."""
    shard = Shard()
    shard.deliver(*raw_records(1, 3))
    shard.processor.shutdown_requested(shard.checkpoints)

    assert shard.published == [ids(1, 3)]
    assert shard.checkpoints.made == ["3"]
    assert shard.journal.events[-1] == "shutdown_requested"


def test_a_lost_lease_drops_what_is_held() -> None:
    """The new holder publishes it."""
    shard = Shard()
    shard.deliver(*raw_records(1, 3))
    shard.processor.lease_lost()

    assert shard.published == []
    assert shard.checkpoints.made == []
    assert shard.journal.notes[-1] == ("lease_lost", {"dropped": 3})


@pytest.mark.parametrize("verb", ["process_records", "shard_ended", "shutdown_requested"])
def test_a_lease_lost_at_a_checkpoint_ends_quietly(verb: str) -> None:
    """The processor answers, drops what it holds, and publishes nothing more."""
    shard = Shard()
    shard.deliver(*raw_records(1, 9))
    shard.checkpoints.lease_is_lost = True
    if verb == "process_records":
        shard.deliver(*raw_records(10, 15))
    else:
        getattr(shard.processor, verb)(shard.checkpoints)
    shard.deliver(*raw_records(16, 40))
    shard.processor.lease_lost()

    assert len(shard.published) == 1
    assert shard.checkpoints.made == []
    assert shard.journal.events.count("lease_lost") == 1


@pytest.mark.parametrize("verb", ["shard_ended", "shutdown_requested"])
def test_nothing_is_checkpointed_after_a_lost_lease(verb: str) -> None:
    """Not even the shard's end, should the daemon still accept it: records were dropped."""
    shard = Shard()
    shard.checkpoints.lease_is_lost = True
    shard.deliver(*raw_records(1, 15))
    shard.checkpoints.lease_is_lost = False
    getattr(shard.processor, verb)(shard.checkpoints)

    assert shard.checkpoints.made == []
    assert shard.journal.events == ["batch_published", "lease_lost"]


def test_a_failed_publish_is_never_checkpointed() -> None:
    """The error reaches the caller, which ends the process."""
    shard = Shard()
    shard.topic.fails = OperatorError("the topic is gone")
    with pytest.raises(OperatorError):
        shard.deliver(*raw_records(1, 10))

    assert shard.checkpoints.made == []


class HalfDeniedTopic(FakeTopic):
    """Takes the first message of a call, and denies the others."""

    def publish(self, message: Message) -> Receipt:
        """Take the first."""
        if self.messages:
            raise OperatorError("denied")
        return super().publish(message)


def test_what_the_topic_took_is_checkpointed_before_an_error_of_the_same_call_ends_it() -> None:
    """Else it comes again after the restart."""
    topic, checkpoints = HalfDeniedTopic(arrive=lambda calls, _wait: calls[0]), FakeCheckpointer()
    processor = a_processor(topic, FakeJournal())
    with pytest.raises(OperatorError):
        processor.process_records(RecordsInput(raw_records(1, 30), 250, 0.0), checkpoints)

    assert checkpoints.made == ["10"]


def test_a_batch_that_is_too_large_leaves_in_several_messages() -> None:
    """In order, each in a call of its own, since the limit is the call's too."""
    shard = Shard()
    shard.topic.limit = encode_message(a_batch(1, 4), FORM).size
    shard.deliver(*raw_records(1, 10))

    assert shard.published == [ids(1, 4), ids(5, 8), ids(9, 10)]
    assert [len(call) for call in shard.topic.calls] == [1, 1, 1]
    assert shard.checkpoints.made == ["4", "8", "10"]


@pytest.mark.parametrize("bad", [1, 4, 7, 10])
def test_a_record_that_the_topic_refuses_is_found_and_named(bad: int) -> None:
    """All before it are published and checkpointed, in order; nothing after it is."""
    shard = Shard()
    shard.topic.refused = f'"item-{bad}"'
    with pytest.raises(PoisonError, match=f"record {bad}: the topic refuses it"):
        shard.deliver(*raw_records(1, 10))

    assert [each for message in shard.published for each in message] == ids(1, bad - 1)
    assert shard.checkpoints.made[-1:] == ([str(bad - 1)] if bad > 1 else [])


def test_records_before_a_bad_one_are_published_and_none_after_it() -> None:
    """One bad record holds back what comes after it, not what came before."""
    shard = Shard()
    bad = RawRecord("13", b"not json")
    with pytest.raises(PoisonError, match="record 13"):
        shard.deliver(*raw_records(1, 12), bad, *raw_records(14, 30))

    assert shard.published == [ids(1, 10), ids(11, 12)]
    assert shard.checkpoints.made == ["12"]


@pytest.mark.parametrize("bad", [1, 4, 7, 10])
def test_a_refused_record_becomes_a_letter_and_all_others_are_published(bad: int) -> None:
    """The checkpoint passes the record once the queue has its letter."""
    letters = FakeDeadLetters()
    shard = Shard(DeadLetterOnPoison(letters, percent=10))
    shard.topic.refused = f'"item-{bad}"'
    shard.deliver(*raw_records(1, 20))

    published = [each for message in shard.published for each in message]
    assert sorted(published) == sorted(each for each in ids(1, 20) if each != f"item-{bad}")
    assert [(letter.sequence_number, letter.data) for letter in letters.kept] == [
        (str(bad), raw_records(bad, bad)[0].data)
    ]
    assert letters.kept[0].reason == "the topic refuses it"
    assert letters.kept[0].failure == "batch's"
    assert shard.checkpoints.made == sorted(shard.checkpoints.made, key=int)
    assert shard.checkpoints.made[-1] == "20"
    assert shard.journal.events.count("record_dead_lettered") == 1


def test_what_cant_be_read_becomes_a_letter_after_what_came_before_it() -> None:
    """The bytes are kept as they came."""
    letters = FakeDeadLetters()
    shard = Shard(DeadLetterOnPoison(letters, percent=10))
    shard.deliver(*raw_records(1, 3), RawRecord("4", b"\xff{"), *raw_records(5, 6))
    shard.processor.shard_ended(shard.checkpoints)

    assert shard.published == [ids(1, 3), ids(5, 6)]
    assert [letter.data for letter in letters.kept] == [b"\xff{"]
    assert letters.kept[0].failure == "record's"
    assert shard.checkpoints.made == ["3", "4", "6", "SHARD_END"]


def test_a_batch_that_is_refused_only_as_a_whole_leaves_in_halves() -> None:
    """What the topic refuses may be in no single record."""
    shard = Shard()
    shard.topic.refused = ',{"eventName":"MODIFY","newImage":{"amount":{"N":"6.10"}'
    shard.deliver(*raw_records(1, 10))

    assert shard.published == [ids(1, 5), ids(6, 10)]
    assert shard.checkpoints.made == ["5", "10"]


def large_record(number: int) -> RawRecord:
    """One that no message of 2,000 bytes can hold."""
    document = a_document(number)
    document["dynamodb"]["NewImage"]["text"] = {"S": "x" * 2000}
    return RawRecord(str(number), json.dumps(document).encode())


def test_a_record_that_is_too_large_stops_the_worker_before_it() -> None:
    """What comes before it is published; the sizes are told."""
    shard = Shard()
    shard.topic.limit = 2000
    with pytest.raises(PoisonError, match=r"record 2: is too large: 2\d+ bytes .* takes 2000"):
        shard.deliver(*raw_records(1, 1), large_record(2), *raw_records(3, 10))

    assert shard.published == [ids(1, 1)]
    assert shard.checkpoints.made == ["1"]


@pytest.mark.parametrize("character", ["x", "ç", "🎉"])
@pytest.mark.parametrize(("more", "kept"), [(-1, 1), (0, 0), (1, 0)])
def test_the_largest_record_fits_to_the_byte(character: str, more: int, kept: int) -> None:
    """Two images of 400 KB: a topic that takes one byte less than the message gets a pointer."""
    document = a_document(1)
    text = character * (400_000 // len(character.encode()))
    for image in ("NewImage", "OldImage"):
        document["dynamodb"][image]["text"] = {"S": text}
    record = RawRecord("1", json.dumps(document).encode())
    size = encode_message(Batch((decode_record(record),)), FORM).size
    claims = FakeClaimCheck()
    shard = Shard(claim_check=claims)
    shard.topic.limit = size + more
    shard.deliver(record)
    shard.processor.shard_ended(shard.checkpoints)

    assert size > 800_000
    assert len(claims.bodies) == kept
    assert len(shard.topic.messages) == 1
    assert shard.checkpoints.made == ["1", "SHARD_END"]


def test_a_record_that_is_too_large_becomes_a_pointer_in_its_place() -> None:
    """Only that record: all others are messages as ever, and each is checkpointed in turn."""
    claims = FakeClaimCheck()
    shard = Shard(claim_check=claims)
    shard.topic.limit = 2000
    shard.deliver(*raw_records(1, 3), large_record(4), *raw_records(5, 10))

    counts = [message.attributes["recordCount"] for message in shard.topic.messages]
    assert counts == [3, 1, 6]
    assert shard.checkpoints.made[-1] == "10"
    assert list(claims.bodies) == ["messages/orders/shardId-1/4-4"]
    assert json.loads(shard.topic.messages[1].body)[1]["s3Key"] in claims.bodies


class ShrunkenTopic(FakeTopic):
    """A topic whose limit has fallen: its publisher learns of it by the first refusal."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit, limits=ConcurrencyLimits(calls=1, messages=1))
        self._known = 262_144

    def largest_message(self) -> int:
        """What is known."""
        return self._known

    def publish(self, message: Message) -> Receipt:
        """Take it, or refuse it and tell the limit."""
        try:
            return super().publish(message)
        except BatchError:
            self._known = self.limit
            raise


@pytest.mark.parametrize("larger", [1, 4, 10])
def test_what_is_too_large_since_the_limit_fell_becomes_a_pointer(larger: int) -> None:
    """Whether it stood alone in its message or not; nothing is a dead letter."""
    claim_check, dead_letters = FakeClaimCheck(), FakeDeadLetters()
    topic, checkpoints = ShrunkenTopic(limit=2000), FakeCheckpointer()
    poison = DeadLetterOnPoison(dead_letters, percent=100)
    processor = a_processor(topic, FakeJournal(), poison, claim_check=claim_check)
    records = [large_record(n) if n % larger == 0 else a_raw_record(n) for n in range(1, 21)]
    processor.process_records(RecordsInput(records, 0, 0.0), checkpoints)
    processor.process_records(RecordsInput([large_record(21)], 0, 0.0), checkpoints)
    processor.shard_ended(checkpoints)

    assert sum(int(str(m.attributes["recordCount"])) for m in topic.messages) == 21
    assert len(claim_check.bodies) == 20 // larger + 1
    assert dead_letters.kept == []
    assert checkpoints.made[-2:] == ["21", "SHARD_END"]


def test_a_large_record_that_is_alone_when_the_limit_falls_becomes_a_pointer() -> None:
    """It is the first that is refused, and has no halves."""
    claim_check = FakeClaimCheck()
    topic, checkpoints = ShrunkenTopic(limit=2000), FakeCheckpointer()
    processor = a_processor(topic, FakeJournal(), claim_check=claim_check)
    processor.process_records(RecordsInput([large_record(1)], 0, 0.0), checkpoints)
    processor.shard_ended(checkpoints)

    assert list(claim_check.bodies) == ["messages/orders/shardId-1/1-1"]
    assert checkpoints.made == ["1", "SHARD_END"]


def test_a_pointer_that_is_refused_is_not_sent_again_and_again() -> None:
    """The shard stops before its record."""
    topic = ShrunkenTopic(limit=10)
    processor = a_processor(topic, FakeJournal(), claim_check=FakeClaimCheck())
    processor.process_records(RecordsInput([large_record(1)], 0, 0.0), FakeCheckpointer())
    with pytest.raises(PoisonError, match="record 1"):
        processor.shard_ended(FakeCheckpointer())


def test_a_body_that_the_bucket_refuses_is_not_sent_to_it_again_and_again() -> None:
    """Its record becomes a dead letter in its turn."""
    claim_check, dead_letters = FakeClaimCheck(), FakeDeadLetters()
    claim_check.fails = BatchError("the bucket refuses it")
    shard = Shard(DeadLetterOnPoison(dead_letters, percent=100), claim_check)
    shard.topic.limit = 2000
    shard.deliver(*raw_records(1, 3), large_record(4), *raw_records(5, 10))

    assert [letter.sequence_number for letter in dead_letters.kept] == ["4"]
    assert [each for message in shard.published for each in message] == [*ids(1, 3), *ids(5, 10)]
    assert shard.checkpoints.made[-1] == "10"


def test_nothing_is_checkpointed_that_the_bucket_did_not_take() -> None:
    """Nor published: nobody could follow the pointer."""
    shard = Shard(claim_check=FakeClaimCheck(fails=OperatorError("the bucket is gone")))
    shard.topic.limit = 2000
    with pytest.raises(OperatorError):
        shard.deliver(*raw_records(1, 1), large_record(2), *raw_records(3, 10))

    assert shard.published == [ids(1, 1)]
    assert shard.checkpoints.made == ["1"]


def test_a_message_that_is_given_up_becomes_a_letter_for_each_record() -> None:
    """None of them is tried alone: the failure is nobody's in the batch."""
    letters = FakeDeadLetters()
    shard = Shard(DeadLetterOnPoison(letters, percent=10))
    shard.topic.fails = RetriesExhaustedError("throttled; given up after 5 attempts")
    shard.deliver(*raw_records(1, 10))
    shard.topic.fails = None
    shard.deliver(*raw_records(11, 20))

    assert [letter.sequence_number for letter in letters.kept] == [str(n) for n in range(1, 11)]
    assert {letter.reason for letter in letters.kept} == {"throttled; given up after 5 attempts"}
    assert {letter.failure for letter in letters.kept} == {"passing"}
    assert letters.kept[2].data == raw_records(3, 3)[0].data
    assert shard.published == [ids(11, 20)]
    assert shard.checkpoints.made == [*(str(n) for n in range(1, 11)), "20"]


def test_giving_up_too_often_stops_the_shard() -> None:
    """A topic that takes nothing must not empty the stream into the queue."""
    letters = FakeDeadLetters()
    shard = Shard(DeadLetterOnPoison(letters, percent=10))
    shard.topic.fails = RetriesExhaustedError("throttled")
    with pytest.raises(TooManyDeadLettersError, match="record 11: throttled; it is not kept"):
        shard.deliver(*raw_records(1, 40))

    assert len(letters.kept) == 10
    assert shard.checkpoints.made[-1] == "10"


def test_no_checkpoint_passes_a_record_whose_letter_is_refused() -> None:
    """All before it is published; the error says which record it is."""
    shard = Shard(
        DeadLetterOnPoison(FakeDeadLetters(fails=BatchError("queue q: too long")), percent=10)
    )
    shard.topic.refused = '"item-4"'
    with pytest.raises(
        RefusedDeadLetterError, match="record 4: the topic refuses it; its dead letter is"
    ):
        shard.deliver(*raw_records(1, 10))

    assert shard.checkpoints.made[-1] == "3"


def test_starting_again_and_again_does_not_empty_the_shard_into_the_queue() -> None:
    """Each start keeps a message's worth, at the pace that the daemon's growing waits set."""
    letters = FakeDeadLetters()
    for start in range(5):
        shard = Shard(DeadLetterOnPoison(letters, percent=10))
        shard.topic.fails = RetriesExhaustedError("throttled")
        with pytest.raises(TooManyDeadLettersError):
            shard.deliver(*raw_records(start * 10 + 1, 1000))

        assert shard.checkpoints.made[-1] == str(start * 10 + 10)
    assert [letter.sequence_number for letter in letters.kept] == [str(n) for n in range(1, 51)]


def test_a_hundred_records_are_one_call_and_one_checkpoint() -> None:
    """A thousand are ten."""
    shard = Shard()
    shard.deliver(*raw_records(1, 1000))

    assert [len(call) for call in shard.topic.calls] == [10] * 10
    assert len(shard.checkpoints.made) == 10
    assert [each for message in shard.published for each in message] == ids(1, 1000)


def same_item(first: int, last: int) -> list[RawRecord]:
    """Records of one item."""
    documents = [a_document(number) for number in range(first, last + 1)]
    for document in documents:
        document["dynamodb"]["Keys"] = {"id": {"S": "hot"}}
    return [
        RawRecord(document["dynamodb"]["SequenceNumber"], json.dumps(document).encode())
        for document in documents
    ]


def test_changes_of_one_item_are_never_side_by_side() -> None:
    """A message of it waits for the one before; others pass both."""
    shard = Shard()
    shard.deliver(*same_item(1, 20), *raw_records(21, 40))

    assert shard.published == [ids(1, 10), ids(21, 30), ids(31, 40), ids(11, 20)]
    assert [len(call) for call in shard.topic.calls] == [3, 1]
    assert shard.checkpoints.made == ["10", "40"]


def test_a_fifo_topic_gets_one_message_after_the_other() -> None:
    """Each is checkpointed for itself."""
    shard = Shard(limits=ConcurrencyLimits(calls=1, messages=1))
    shard.deliver(*raw_records(1, 30))

    assert shard.published == [ids(1, 10), ids(11, 20), ids(21, 30)]
    assert shard.checkpoints.made == ["10", "20", "30"]


def second_call(under_way: Sequence[Sequence[Message]], wait: bool) -> Sequence[Message]:  # noqa: FBT001
    """The second call ends before the first."""
    return under_way[min(1, len(under_way) - 1)] if wait else ()


def test_a_later_call_that_ends_first_is_not_checkpointed() -> None:
    """Only when there is no hole before it any more."""
    shard = Shard()
    shard.topic.arrive = second_call
    shard.deliver(*raw_records(1, 200))

    assert shard.published[0] == ids(101, 110)
    assert shard.checkpoints.made == ["200"]


def test_a_call_that_ended_meanwhile_is_checkpointed_before_anybody_waits() -> None:
    """The next may begin while records are read."""
    shard = Shard()
    shard.topic.arrive = lambda under_way, _wait: under_way[0]
    shard.deliver(*raw_records(1, 300))

    assert shard.checkpoints.made == ["100", "200", "300"]


def test_a_lease_lost_with_calls_under_way_ends_when_they_are_over() -> None:
    """What SNS took is noted, nothing of it is checkpointed, and nothing more is sent.

    The daemon tells it of a checkpoint, and meanwhile a fifth call has left.
    """
    shard = Shard()
    shard.checkpoints.lease_is_lost = True
    shard.deliver(*raw_records(1, 995))
    shard.deliver(*raw_records(996, 1200))

    assert shard.topic.under_way == []
    assert shard.journal.events == ["batch_published"] * 50 + ["lease_lost"]
    assert len(shard.topic.calls) == 5
    assert shard.checkpoints.made == []


def test_what_fails_while_a_lost_lease_is_given_up_is_left_to_the_next_holder() -> None:
    """It is counted with what was never sent."""
    shard = Shard()
    shard.topic.limits = ConcurrencyLimits(calls=4, messages=10)
    shard.topic.refused = '"item-150"'
    shard.checkpoints.lease_is_lost = True
    shard.deliver(*raw_records(1, 205))

    assert shard.journal.notes[-1] == ("lease_lost", {"dropped": 15})


def test_a_record_that_cant_be_written_is_refused_in_its_turn() -> None:
    """What stands before it is published, and so is what follows once it is a letter."""
    letters = FakeDeadLetters()
    shard = Shard(DeadLetterOnPoison(letters, percent=10), form=replace(FORM, plain_images=True))
    document = a_document(4)
    document["dynamodb"]["NewImage"]["amount"] = {"N": "much"}
    bad = RawRecord("4", json.dumps(document).encode())
    shard.deliver(*raw_records(1, 3), bad, *raw_records(5, 10))

    published = [json.loads(message.body) for message in shard.topic.messages]
    assert [entry["newImage"]["id"] for entries in published for entry in entries] == [
        *ids(1, 3),
        *ids(5, 10),
    ]
    assert [letter.sequence_number for letter in letters.kept] == ["4"]
    assert shard.checkpoints.made == ["3", "4", "10"]


def test_what_is_refused_is_dealt_with_when_nothing_else_is_under_way() -> None:
    """A shard that stops there has no later checkpoint, whatever was published beside it."""
    shard = Shard()
    shard.topic.refused = '"item-55"'
    with pytest.raises(PoisonError, match="record 55"):
        shard.deliver(*raw_records(1, 400))

    assert shard.topic.under_way == []
    assert shard.checkpoints.made[-1] == "54"


def test_a_publish_is_noted_with_its_facts() -> None:
    """Operators see each batch: how many, from where to where, how large, how long, how late."""
    shard = Shard()
    shard.processor.initialize("TRIM_HORIZON")
    shard.deliver(*raw_records(1, 10))

    assert shard.journal.notes[0] == ("processor_started", {"sequenceNumber": "TRIM_HORIZON"})
    assert shard.journal.facts("batch_published") == [
        {
            "records": 10,
            "firstSequenceNumber": "1",
            "lastSequenceNumber": "10",
            "messageId": "message-1",
            "bytes": shard.topic.messages[0].size,
            "attempts": 1,
            "publishMillis": 250,
            "millisBehindLatest": 250,
        }
    ]


def oldest_told(shard: Shard) -> list[Fact]:
    """When the oldest record was made that was not published, at each note; 0 for none."""
    facts = shard.journal.facts("progress")
    return [fact["oldestUnpublishedAt"] and fact["oldestUnpublishedAt"] % 1000 for fact in facts]


def test_progress_is_noted_before_each_message_and_each_wait() -> None:
    """A topic that is away for hours leaves the last word standing."""
    shard = Shard()
    shard.deliver(*raw_records(1, 25))

    assert oldest_told(shard) == [1, 1, 1, 21]
    assert [facts["millisBehindLatest"] for facts in shard.journal.facts("progress")] == [250] * 4


def test_a_quiet_shard_notes_that_nothing_is_unpublished() -> None:
    """Once a call, so that its age is 0 and not unknown."""
    shard = Shard()
    shard.deliver()
    shard.deliver(a_raw_record(7))

    assert oldest_told(shard) == [None, 7]


def test_progress_is_noted_before_a_body_is_kept_and_a_letter_sent() -> None:
    """S3 and SQS may be away too."""
    shard = Shard(DeadLetterOnPoison(FakeDeadLetters(), percent=100))
    shard.topic.limit = 100
    shard.deliver(*raw_records(3, 4), now=0)
    shard.deliver(now=2)

    assert oldest_told(shard) == [3, 3, 3, 4, 4, None]
    assert shard.journal.events == ["batch_refused", "record_dead_lettered"] * 2


def test_a_refused_message_is_noted_with_each_of_its_halves() -> None:
    """How often that is shows in a metric."""
    shard = Shard(DeadLetterOnPoison(FakeDeadLetters(), percent=100))
    shard.topic.refused = "item-3"
    shard.deliver(*raw_records(1, 10))

    assert [facts["records"] for facts in shard.journal.facts("batch_refused")] == [10, 5, 3, 1]
