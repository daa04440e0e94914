"""Lives of a processor on its real threads: calls to SNS side by side, and checkpoints beside them.

SNS and the daemon are played here. They answer late, not at all, or with any failure.
"""

import json
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random
from threading import Lock
from typing import Any

from amazon_kclpy import kcl
from botocore.exceptions import ClientError, ReadTimeoutError

from consumer.delivery.retries import Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.sns import SnsPublisher
from consumer.filtering.pattern import read_patterns
from consumer.filtering.selection import Selection
from consumer.publishing.claim_check import location_in
from consumer.publishing.poison import DeadLetterOnPoison
from consumer.publishing.processor import RecordsInput, ShardProcessor
from consumer.publishing.records import RawRecord
from consumer.worker.checkpointer import DaemonCheckpointer
from tests.builders import a_document, grouped
from tests.fakes import FakeClaimCheck, FakeDeadLetters, FakeJournal, a_processor

TOPIC = "arn:aws:sns:eu-west-1:123456789012:changes"
LARGE_EVERY, REFUSED_EVERY, UNREADABLE_EVERY, UNWRITABLE_EVERY = 17, 23, 31, 37
UNWANTED = "unwanted"
SELECTION = Selection(
    read_patterns(
        f'{{"dynamodb": {{"NewImage": {{"text": {{"S": [{{"anything-but": "{UNWANTED}"}}]}}}}}}}}'
    )
)
LIMIT = 6_000
END = 1_000_000
SHORT_SECONDS = 0.001
_REFUSED = "poison"


@dataclass
class Story:
    """One shard, and all the lives of its processors.

    Attributes:
        records: How many records the shard has.
        items: How many items they change in turn.
        taken: The records that SNS took, in that order.
        dead_letters: The dead-letter queue.
        claim_check: The bucket; None where there is none.
        filtered_every: Each record with such a number is filtered out, if it can be read.
        group: What a FIFO topic keeps in order.
        checkpoints: Those that the daemon made; `END` for the shard's end.
        mistakes: What broke the promise.
        calm: Whether nothing fails any more but what always does.
    """

    records: int
    items: int
    claim_check: FakeClaimCheck | None
    filtered_every: int
    group: str = "shard"
    taken: list[int] = field(default_factory=list)
    dead_letters: FakeDeadLetters = field(default_factory=FakeDeadLetters)
    checkpoints: list[int] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    calm: bool = False

    @property
    def position(self) -> int:
        """The last checkpoint."""
        return self.checkpoints[-1] if self.checkpoints else 0

    @property
    def done(self) -> set[int]:
        """Records that SNS or the dead-letter queue has, or that are filtered out."""
        dead = (int(each.sequence_number) for each in self.dead_letters.kept)
        filtered = filter(self.is_filtered, range(1, self.records + 1))
        return {*self.taken, *dead, *filtered}

    def is_filtered(self, number: int) -> bool:
        """Whether a record is filtered out."""
        return number % self.filtered_every == 0 and number % UNREADABLE_EVERY != 0

    def checkpointed(self, number: int) -> None:
        """Learn of a checkpoint."""
        missing = set(range(1, min(number, self.records) + 1)) - self.done
        if missing:
            self.mistakes.append(f"checkpoint {number} passes {sorted(missing)}")
        if number < self.position:
            self.mistakes.append(f"checkpoint {number} after {self.position}")
        self.checkpoints.append(number)

    def record(self, number: int) -> RawRecord:
        """One record; some are too large for a message, some refused, some not read or written."""
        if number % UNREADABLE_EVERY == 0:
            return RawRecord(str(number), b"\xff")
        document = a_document(number)
        size = LIMIT if number % LARGE_EVERY == 0 else 1
        text = _REFUSED if number % REFUSED_EVERY == 0 else "x" * size
        text = UNWANTED if self.is_filtered(number) else text
        document["dynamodb"]["NewImage"]["text"] = {"S": text}
        if number % UNWRITABLE_EVERY == 0:
            document["dynamodb"]["NewImage"]["amount"] = {"N": "much"}
        document["dynamodb"]["Keys"] = {"id": {"S": f"item-{number % self.items}"}}
        return RawRecord(str(number), json.dumps(document).encode())

    def judge(self) -> None:
        """Look at the order of each item, and whether all is done.

        Raises:
            AssertionError: The promise is broken; says how.
        """
        lost = set(range(1, self.records + 1)) - self.done
        if lost:
            self.mistakes.append(f"lost: {sorted(lost)}")
        latest: dict[int, int] = {}
        for number in dict.fromkeys(self.taken):
            item = number % self.items
            if number < latest.get(item, 0):
                self.mistakes.append(f"{number} overtaken by {latest[item]}")
            latest[item] = max(number, latest.get(item, 0))
        if filtered := [number for number in self.taken if self.is_filtered(number)]:
            self.mistakes.append(f"published, though filtered out: {filtered}")
        if self.mistakes:
            raise AssertionError("; ".join(self.mistakes))


class WildSns:
    """An SNS client for one life.

    Attributes:
        is_open: Whether a verb lasts: nothing may be sent at any other time.
    """

    def __init__(self, story: Story, chance: Random) -> None:
        self._story, self._chance, self._lock = story, chance, Lock()
        self._limit = 2 * LIMIT if story.claim_check and chance.random() < 0.3 else LIMIT
        self.is_open = False

    def get_topic_attributes(self, **_request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3
        """The topic's limit."""
        return {"Attributes": {"MaximumMessageSize": str(self._limit)}}

    def publish(self, **request: Any) -> dict[str, str]:  # noqa: ANN401 - as boto3
        """Take a message, or fail."""
        chance = self._begin()
        if self._is_refused(request):
            raise _failure("InvalidParameter")
        if chance < 0.1:
            raise _failure("Throttling")
        self._take(request)
        if chance < 0.15:
            raise ReadTimeoutError(endpoint_url="sns")
        return {"MessageId": "m"}

    def publish_batch(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3
        """Take some messages, or fail."""
        chance, entries = self._begin(), request["PublishBatchRequestEntries"]
        if chance < 0.05:
            raise _failure("BatchRequestTooLong" if chance < 0.02 else "InternalError")
        answer: dict[str, Any] = {"Successful": [], "Failed": []}
        for entry in entries:
            if self._is_refused(entry):
                answer["Failed"].append(_failed(entry, "InvalidParameter", is_ours=True))
            elif self._one_in(25):
                continue  # SNS doesn't say whether it took it
            elif self._one_in(8):
                answer["Failed"].append(_failed(entry, "InternalError", is_ours=False))
            else:
                self._take(entry)
                answer["Successful"].append({"Id": entry["Id"], "MessageId": "m"})
        if chance < 0.1:
            raise ReadTimeoutError(endpoint_url="sns")
        return answer

    def _begin(self) -> float:
        """Wait, and let something unexpected happen; return a number that decides what follows."""
        with self._lock:
            chance = 1.0 if self._story.calm else self._chance.random()
            seconds = self._chance.random() * SHORT_SECONDS
            if not self._story.calm and self._one_in(60):
                self._limit = LIMIT
        self._must_be_open()
        time.sleep(seconds)
        self._must_be_open()
        if chance > 0.99 and not self._story.calm:
            raise _failure("AuthorizationError") if chance > 0.995 else KeyError("a bug")
        return chance

    def _must_be_open(self) -> None:
        if not self.is_open:
            self._story.mistakes.append("sent after the verb returned")

    def _one_in(self, many: int) -> bool:
        return not self._story.calm and self._chance.randrange(many) == 0

    def _is_refused(self, message: dict[str, Any]) -> bool:
        return _REFUSED in message["Message"] or len(message["Message"]) > self._limit

    def _take(self, message: dict[str, Any]) -> None:
        body, claim_check = message["Message"], self._story.claim_check
        if claim_check and (location := location_in(body)):
            body = claim_check.bodies[location.key]
        numbers = [int(entry["newImage"]["id"].removeprefix("item-")) for entry in json.loads(body)]
        with self._lock:
            self._story.taken.extend(numbers)


class WildDaemon:
    """Makes checkpoints as kclpy does, for one life; one day it has given the lease away."""

    def __init__(self, story: Story, chance: Random) -> None:
        self._story, self._chance = story, chance
        self._lease_is_lost = False

    def checkpoint(self, sequence_number: str | None) -> None:
        """Make a checkpoint, or fail."""
        chance = 1.0 if self._story.calm else self._chance.random()
        time.sleep(self._chance.random() * SHORT_SECONDS)
        self._lease_is_lost = self._lease_is_lost or chance < 0.03
        if self._lease_is_lost:
            raise kcl.CheckpointError("ShutdownException")
        if chance < 0.1:
            raise kcl.CheckpointError("ThrottlingException")
        if chance < 0.11:
            raise kcl.CheckpointError("InvalidStateException")
        self._story.checkpointed(END if sequence_number is None else int(sequence_number))


class Life:
    """One processor of a shard, from the last checkpoint on."""

    def __init__(self, story: Story, chance: Random) -> None:
        self._story, self._chance, self._journal = story, chance, FakeJournal()
        self._sns, self._daemon = WildSns(story, chance), WildDaemon(story, chance)
        policy = RetryPolicy(
            first_wait_seconds=SHORT_SECONDS,
            longest_wait_seconds=SHORT_SECONDS,
            operator_patience_seconds=0,
            most_attempts=None if story.calm else chance.choice([None, 3]),
        )
        retries = Retries("topic", policy, self._journal)
        client: Any = self._sns
        arn = TOPIC if story.group == "shard" else f"{TOPIC}.fifo"
        topic = SnsPublisher(client, arn, retries, most_calls=chance.randint(1, 4), most_groups=9)
        poison = DeadLetterOnPoison(story.dead_letters, percent=100)
        # As plain JSON, a number that is none makes a record that can't be written.
        form = replace(grouped(story.group), plain_images=True)
        self._processor: ShardProcessor = a_processor(
            topic,
            self._journal,
            poison,
            claim_check=story.claim_check,
            form=form,
            select=SELECTION.select,
        )
        self._checkpointer = self._new_checkpointer()

    def live(self) -> None:
        """Handle verbs until the shard ends, the lease is lost, or something fails."""
        position = self._story.position
        with suppress(Exception):
            while position < self._story.records and not self._now_and_then():
                last = min(position + self._chance.randint(0, 150), self._story.records)
                self._process(position + 1, last)
                position = last
            self._end(is_read=position == self._story.records)
        self._die()

    def _now_and_then(self) -> bool:
        return not self._story.calm and self._chance.random() < 0.1

    def _process(self, first: int, last: int) -> None:
        records = [self._story.record(number) for number in range(first, last + 1)]
        delivery = RecordsInput(records, 0, self._chance.random() * 3)
        self._verb(lambda checkpointer: self._processor.process_records(delivery, checkpointer))

    def _end(self, *, is_read: bool) -> None:
        """The daemon stops, takes the lease away, or has read the shard to its end."""
        if self._now_and_then():
            self._verb(lambda _checkpointer: self._processor.lease_lost())
            self._verb(self._processor.shard_ended)  # which is no longer this processor's to tell
        elif self._now_and_then():
            self._verb(self._processor.shutdown_requested)
        elif is_read:
            self._verb(self._processor.shard_ended)

    def _verb(self, verb: Any) -> None:  # noqa: ANN401 - one of five forms
        self._checkpointer, self._sns.is_open = self._new_checkpointer(), True
        verb(self._checkpointer)
        self._sns.is_open = False
        if "lease_lost" in self._journal.events:
            time.sleep(3 * SHORT_SECONDS)  # what was left in flight would be sent by then

    def _die(self) -> None:
        """Let what was in flight arrive, as a killed process would, before the next life begins."""
        self._sns.is_open = True
        with suppress(Exception):
            self._processor.cancel()
        with suppress(Exception):
            self._checkpointer.wait_until_made()
        self._sns.is_open = False

    def _new_checkpointer(self) -> DaemonCheckpointer:
        return DaemonCheckpointer(self._daemon, self._journal, lambda _: time.sleep(SHORT_SECONDS))


def any_lives(chance: Random) -> int:
    """Live at random until the shard has ended; return how many lives that were.

    Raises:
        AssertionError: The promise is broken; says how.
    """
    claim_check = FakeClaimCheck() if chance.random() < 0.5 else None
    items = chance.choice([1, 7, 60, 10_000])
    group, every = (
        chance.choice(["shard", "shard", "item", "hash:3"]),
        chance.choice([1, 2, 7, 1000]),
    )
    story = Story(chance.randint(0, 300), items, claim_check, every, group)
    wild, lives = chance.randint(0, 6), 0
    while END not in story.checkpoints:
        story.calm = lives == wild
        Life(story, chance).live()
        lives += 1
        if lives > wild + 1:
            story.mistakes.append("the calm life did not reach the shard's end")
            break
    story.judge()
    return lives


def _failure(code: str) -> ClientError:
    status = 500 if code == "InternalError" else 400
    response: Any = {
        "Error": {"Code": code, "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Publish")


def _failed(entry: dict[str, Any], code: str, *, is_ours: bool) -> dict[str, Any]:
    return {"Id": entry["Id"], "Code": code, "Message": "no", "SenderFault": is_ours}
