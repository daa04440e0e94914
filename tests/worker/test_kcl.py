"""The daemon's conversation with a record processor, as text through kclpy."""

import io
import json
from typing import Any

import pytest
from amazon_kclpy import kcl

from consumer.publishing.errors import BatchError, OperatorError, RetriesExhaustedError
from consumer.publishing.poison import DeadLetterOnPoison, PoisonPolicy, StopOnPoison
from consumer.publishing.processor import ShardProcessor
from consumer.publishing.records import ChangeRecord, RawRecord
from consumer.worker.kcl import RecordProcessor
from tests.builders import raw_records
from tests.fakes import FakeDeadLetters, FakeJournal, FakeTopic, a_processor
from tests.worker.daemon_messages import INITIALIZE, process_records

CHECKPOINTED = {"action": "checkpoint", "sequenceNumber": None, "subSequenceNumber": None}


class Conversation:
    """What the daemon says, what it is answered, and what was published meanwhile."""

    def __init__(self) -> None:
        self.topic, self.journal, self.output = FakeTopic(), FakeJournal(), io.StringIO()
        self.now = 0.0
        self.poison: PoisonPolicy = StopOnPoison()

    def hear(self, *said: dict[str, Any]) -> list[dict[str, Any]]:
        """Let the daemon say all that; return the answers."""
        lines = io.StringIO("".join(json.dumps(message) + "\n" for message in said))
        processor = RecordProcessor(self.shard, self.journal, lambda: self.now)
        kcl.KCLProcess(processor, lines, self.output, io.StringIO()).run()
        return self.answers

    @property
    def answers(self) -> list[dict[str, Any]]:
        """What the daemon has been answered."""
        return [json.loads(line) for line in self.output.getvalue().splitlines() if line]

    def shard(self, _shard_id: str) -> ShardProcessor:
        """Make the shard's processor."""
        return a_processor(self.topic, self.journal, self.poison)


def status(action: str) -> dict[str, Any]:
    """The answer to an action."""
    return {"action": "status", "responseFor": action}


def checkpoint(number: str | None) -> dict[str, Any]:
    """A request for a checkpoint."""
    return {"action": "checkpoint", "sequenceNumber": number, "subSequenceNumber": None}


def numbers(first: int, last: int) -> list[str]:
    """Sequence numbers."""
    return [str(number) for number in range(first, last + 1)]


def test_a_shards_whole_life() -> None:
    """Published, checkpointed, answered, in that order, to the shard's end."""
    conversation = Conversation()
    answers = conversation.hear(
        INITIALIZE,
        process_records(raw_records(1, 12)),
        CHECKPOINTED,
        {"action": "shardEnded"},
        CHECKPOINTED,
        CHECKPOINTED,
    )

    assert answers == [
        status("initialize"),
        checkpoint("10"),
        status("processRecords"),
        checkpoint("12"),
        checkpoint(None),
        status("shardEnded"),
    ]
    assert [message.attributes["recordCount"] for message in conversation.topic.messages] == [10, 2]


def test_a_requested_shutdown_and_the_lost_lease_after_it() -> None:
    """The daemon asks for the first and tells of the second at every stop."""
    conversation = Conversation()
    answers = conversation.hear(
        INITIALIZE,
        process_records(raw_records(1, 3)),
        {"action": "shutdownRequested"},
        CHECKPOINTED,
        {"action": "leaseLost"},
    )

    assert answers == [
        status("initialize"),
        status("processRecords"),
        checkpoint("3"),
        status("shutdownRequested"),
        status("leaseLost"),
    ]


def test_a_refused_publish_is_never_answered_as_done() -> None:
    """The daemon has no answer to go on from, and learns that no other shard could do better."""
    conversation = Conversation()
    conversation.topic.fails = OperatorError("the topic is gone")
    with pytest.raises(SystemExit) as ended:
        conversation.hear(INITIALIZE, process_records(raw_records(1, 10)))

    assert ended.value.code == 3
    assert conversation.answers == [status("initialize")]
    assert conversation.journal.events[-1] == "processor_failed"


def test_a_record_that_cant_be_decoded_stops_the_process() -> None:
    """What came before it is published; the log names it; nothing after it is checkpointed."""
    conversation = Conversation()
    records = [*raw_records(1, 4), RawRecord("5", b"garbage"), *raw_records(6, 30)]
    with pytest.raises(SystemExit) as ended:
        conversation.hear(INITIALIZE, process_records(records), CHECKPOINTED)

    assert ended.value.code == 1
    assert conversation.answers == [status("initialize"), checkpoint("4")]
    event, facts = conversation.journal.notes[-1]
    assert (event, facts["sequenceNumber"]) == ("record_refused", "5")


def test_one_letter_too_many_stops_its_shard_and_no_other() -> None:
    """The log names the record; the shard is tried again by and by, and the others go on."""
    conversation, letters = Conversation(), FakeDeadLetters()
    conversation.poison = DeadLetterOnPoison(letters, percent=10)
    conversation.topic.fails = RetriesExhaustedError("throttled")
    said = [INITIALIZE, process_records(raw_records(1, 20)), *[CHECKPOINTED] * 10]
    with pytest.raises(SystemExit) as ended:
        conversation.hear(*said)

    assert ended.value.code == 1
    # A checkpoint that is wanted while another is made may be left out for the next one.
    first, *made = conversation.answers
    assert first == status("initialize")
    assert made[-1] == checkpoint("10")
    assert all(answer["action"] == "checkpoint" for answer in made)
    assert [letter.sequence_number for letter in letters.kept] == numbers(1, 10)
    event, facts = conversation.journal.notes[-1]
    assert (event, facts["sequenceNumber"]) == ("record_refused", "11")


def test_a_letter_that_is_refused_stops_its_shard_and_is_named() -> None:
    """The log has the record's sequence number; nothing is answered that would pass it."""
    conversation = Conversation()
    conversation.poison = DeadLetterOnPoison(
        FakeDeadLetters(fails=BatchError("too long")), percent=10
    )
    said = [INITIALIZE, process_records([*raw_records(1, 4), RawRecord("5", b"garbage")])]
    with pytest.raises(SystemExit) as ended:
        conversation.hear(*said, CHECKPOINTED)

    assert ended.value.code == 1
    assert conversation.answers == [status("initialize"), checkpoint("4")]
    event, facts = conversation.journal.notes[-1]
    assert (event, facts["sequenceNumber"]) == ("record_refused", "5")
    assert str(facts["error"]).endswith("; its dead letter is refused, too: too long")


def test_any_error_at_all_ends_the_process() -> None:
    """Also one that nobody thought of."""

    def broken(_shard_id: str) -> ShardProcessor:
        def decode(_raw: RawRecord) -> ChangeRecord:
            raise KeyError("a bug")

        return a_processor(FakeTopic(), FakeJournal(), decode=decode)

    lines = io.StringIO(
        json.dumps(INITIALIZE) + "\n" + json.dumps(process_records(raw_records(1, 1))) + "\n"
    )
    output = io.StringIO()
    processor = RecordProcessor(broken, FakeJournal())
    with pytest.raises(SystemExit):
        kcl.KCLProcess(processor, lines, output, io.StringIO()).run()

    assert "processRecords" not in output.getvalue()


def test_an_action_before_initialize_ends_the_process() -> None:
    """The daemon never does that; if it did, nothing may be answered."""
    conversation = Conversation()
    with pytest.raises(SystemExit):
        conversation.hear(process_records([]))

    assert conversation.answers == []


def test_a_checkpoint_after_the_lease_moved_is_answered_quietly() -> None:
    """The daemon goes on to tell of the lost lease; nothing is published beyond the first call."""
    conversation = Conversation()
    answers = conversation.hear(
        INITIALIZE,
        process_records(raw_records(1, 25)),
        {**CHECKPOINTED, "error": "ShutdownException"},
        {"action": "leaseLost"},
    )

    assert answers[-2:] == [status("processRecords"), status("leaseLost")]
    assert len(conversation.topic.calls) == 1
    assert conversation.journal.events.count("lease_lost") == 1


def test_an_empty_call_is_the_clock_of_a_partial_batch() -> None:
    """The daemon calls quiet shards too."""
    conversation = Conversation()
    clock = iter([0.0, 0.5, 1.0, *[1.1] * 2])
    lines = [INITIALIZE, *[process_records(page) for page in (raw_records(1, 3), [], [])]]
    text = "".join(json.dumps(line) + "\n" for line in [*lines, CHECKPOINTED])
    processor = RecordProcessor(conversation.shard, conversation.journal, lambda: next(clock))
    kcl.KCLProcess(processor, io.StringIO(text), conversation.output, io.StringIO()).run()

    assert conversation.answers[-2:] == [checkpoint("3"), status("processRecords")]
