"""Every way in which the promise is broken on purpose.

Each would lose, repeat or misplace records.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

from tests.mutations.edits import Edit, after, before, change, drop, function, swap

VERB = "consumer.publishing.verb"
SHARD = "consumer.publishing.shard"
PROCESSOR = "consumer.publishing.processor"
IN_FLIGHT = "consumer.publishing.in_flight"
CLAIM_CHECK = "consumer.publishing.claim_check"
INVOCATION = "consumer.function.invocation"
CALLS = "consumer.delivery.calls"
SNS = "consumer.delivery.sns"
BATCHES = "consumer.publishing.batches"
ERROR_CLASSES = "consumer.delivery.error_classes"

HOLD_WHAT_IS_IN_FLIGHT = """\
if pending in call or pending.state is not MessageState.WAITING:
    held |= pending.items
"""
CHECKPOINT_OF_THE_MESSAGE = (
    "self._checkpointer.checkpoint(str(outcome.message.attributes['lastSequenceNumber']))"
)
POINTER_TO_NOTHING = "pointer_to(message, S3Location('large-changes', claim_key(message)))"


class NotFoundError(Exception):
    """The code has changed, so that a mutation has no place in it any more."""


@dataclass(frozen=True)
class Mutation:
    """One way to break it.

    Attributes:
        name: What is wrong then.
        module: Where, as it is imported.
        place: The qualified name of the function; empty for the whole module.
        edits: What is changed there, each in one place.
    """

    name: str
    module: str
    place: str
    edits: tuple[Edit, ...]

    def apply(self, root: Path) -> None:
        """Break the copy of the package in a folder.

        Raises:
            NotFoundError: It has no place in the code, or several.
        """
        file = root.joinpath(*self.module.split(".")).with_suffix(".py")
        file.write_text(self.broken(file.read_text()))

    def broken(self, source: str) -> str:
        """Return the module's source, broken; raises as `apply`."""
        tree = ast.parse(source)
        place = function(tree, self.place) if self.place else tree
        if place is None:
            raise NotFoundError(f"{self.name}: {self.module} has no {self.place}; fix this")
        for number, edit in enumerate(self.edits, 1):
            if (count := edit(place)) != 1:
                where = f"{count} places of {self.module} {self.place}".rstrip()
                raise NotFoundError(f"{self.name}: edit {number} fits {where}; fix this")
        return ast.unparse(ast.fix_missing_locations(tree))


MUTATIONS = (
    Mutation(
        "checkpoint before publish",
        VERB,
        "Verb._enqueue",
        (
            after(
                "self._in_flight.enqueue(chunk, fitted)",
                "self._checkpointer.checkpoint(chunk.batch.last_sequence_number)",
            ),
        ),
    ),
    Mutation(
        "checkpoint too far",
        VERB,
        "Verb._collect",
        (change("published", "published + '0'", inside="self._checkpointer.checkpoint(...)"),),
    ),
    Mutation(
        "checkpoint past a hole",
        VERB,
        "Verb._learn",
        (after("self._shard.note_published(pending, receipt)", CHECKPOINT_OF_THE_MESSAGE),),
    ),
    Mutation(
        "an action answered with calls under way",
        VERB,
        "Verb.take",
        (drop("self._finish()"),),
    ),
    Mutation(
        "what is filtered out passed at once",
        VERB,
        "Verb.take",
        (after("filtered += 1", "self._checkpointer.checkpoint(raw.sequence_number)"),),
    ),
    Mutation(
        "what is filtered out passed while a record is held",
        SHARD,
        "Shard.pop_filtered",
        (change("len(self.batcher) or self.in_flight", "self.in_flight"),),
    ),
    Mutation(
        "what is filtered out passed before the rest of a batch",
        VERB,
        "Verb._publish",
        (swap("self._wait_for_all()", "self._finish()"),),
    ),
    Mutation(
        "what is filtered out never passed",
        VERB,
        "Verb._finish",
        (change("self._shard.pop_filtered()", "None"),),
    ),
    Mutation(
        "an action answered with the checkpoint of what is filtered out under way",
        VERB,
        "Verb._finish",
        (drop("self._checkpointer.wait_until_made()"),),
    ),
    Mutation(
        "the checkpoint set back to what was filtered out before",
        SHARD,
        "Shard.read",
        (
            swap(
                "self.filtered = None if record else raw.sequence_number",
                "self.filtered = self.filtered if record else raw.sequence_number",
            ),
        ),
    ),
    Mutation(
        "an action answered with a checkpoint under way",
        VERB,
        "Verb._wait_for_all",
        (drop("self._checkpointer.wait_until_made()"),),
    ),
    Mutation(
        "the shard's end checkpointed past one that failed",
        "consumer.worker.checkpointer",
        "DaemonCheckpointer.checkpoint_shard_end",
        (drop("self.wait_until_made()"),),
    ),
    Mutation(
        "calls under way tried on after a lost lease",
        PROCESSOR,
        "ShardProcessor.lease_lost",
        (drop("self._shard.cancel()"),),
    ),
    Mutation(
        "the same item twice under way",
        IN_FLIGHT,
        "InFlight._choose",
        (change("held.isdisjoint(pending.items)", "True"),),
    ),
    Mutation(
        "a change that waits overtaken by the next of its item",
        IN_FLIGHT,
        "InFlight._choose",
        (swap("held |= pending.items", HOLD_WHAT_IS_IN_FLIGHT),),
    ),
    Mutation(
        "something sent past a refused message",
        IN_FLIGHT,
        "InFlight._candidates",
        (drop("if pending.error:\n    return"),),
    ),
    Mutation(
        "a refused message's turn while others are under way",
        IN_FLIGHT,
        "InFlight.pop_refused",
        (change("self._sent", "False"),),
    ),
    Mutation(
        "a failed entry forgotten",
        CALLS,
        "Call._settle",
        (drop("self._left.append(...)"),),
    ),
    Mutation(
        "a failed entry taken for published",
        SNS,
        "SnsPublisher._results",
        (change("{**taken, **failed}", "{**dict.fromkeys(failed, 'm'), **taken}"),),
    ),
    Mutation(
        "an entry without an answer taken for published",
        SNS,
        "SnsPublisher._results",
        (change("unsaid", "str(unsaid)", inside="results.get(..., unsaid)"),),
    ),
    Mutation(
        "a recalled call sent again",
        CALLS,
        "Calls._attempt",
        (drop("self._check()"),),
    ),
    Mutation(
        "tail forgotten at the shard's end",
        PROCESSOR,
        "ShardProcessor.shard_ended",
        (drop("Verb(self._shard, checkpointer).publish_all()"),),
    ),
    Mutation(
        "tail forgotten at a stop",
        PROCESSOR,
        "ShardProcessor.shutdown_requested",
        (drop("Verb(self._shard, checkpointer).publish_all()"),),
    ),
    Mutation(
        "held records published after a lost lease",
        "consumer.publishing.shard",
        "Shard.discard",
        (change("self.batcher.discard() + self.in_flight.discard()", "self.in_flight.discard()"),),
    ),
    Mutation(
        "the shard's end checkpointed after a lost lease",
        PROCESSOR,
        "ShardProcessor.shard_ended",
        (drop("if self._lease_is_lost:\n    return"),),
    ),
    Mutation(
        "letter sent after its checkpoint",
        VERB,
        "Verb._refuse",
        (
            drop("if checkpoint:\n    self._checkpointer.checkpoint(checkpoint)"),
            before(
                "self._shard.destinations.poison.take(dead_letter)",
                "self._checkpointer.checkpoint(number)",
            ),
        ),
    ),
    Mutation(
        "what follows a refused record forgotten",
        VERB,
        "Verb._publish",
        (
            swap(
                "record, batch = batch.around(...)",
                "record, batch = batch.around(error.sequence_number)[0], None",
            ),
        ),
    ),
    Mutation(
        "second half of a refused batch forgotten",
        VERB,
        "Verb._smaller",
        (change("pending.batch.halves()", "pending.batch.halves()[:1]"),),
    ),
    Mutation(
        "a record that Lambda should hand over again not told of",
        INVOCATION,
        "Invocation.after",
        (change("numbers.index(sequence_number) + 1", "numbers.index(sequence_number) + 2"),),
    ),
    Mutation(
        "messages of two shards taken for one another",
        INVOCATION,
        "_stand_in",
        (change("first.get('eventID')", "None"),),
    ),
    Mutation(
        "an error swallowed by the guard",
        "consumer.worker.kcl",
        "_guard",
        (drop("raise SystemExit(_status_after(error)) from error"),),
    ),
    Mutation(
        "a passing failure taken for the batch's",
        ERROR_CLASSES,
        "",
        (change("TransientError", "BatchError", inside="dict.fromkeys(..., TransientError)"),),
    ),
    Mutation(
        "an operator's failure taken for the batch's",
        ERROR_CLASSES,
        "",
        (change("OperatorError", "BatchError", inside="dict.fromkeys(..., OperatorError)"),),
    ),
    Mutation(
        "a batch cut one byte too large",
        "consumer.publishing.split",
        "",
        (
            change("whole.message.size <= limit", "whole.message.size <= limit + 1"),
            change("limit", "limit + 1", inside="... > limit"),
        ),
    ),
    Mutation(
        "a message published that is one byte too large",
        CLAIM_CHECK,
        "fit",
        (change("message.size <= limit", "message.size <= limit + 1"),),
    ),
    Mutation(
        "pointer published to a body that the bucket does not have",
        CLAIM_CHECK,
        "fit",
        (change("claim_check.keep(message)", POINTER_TO_NOTHING),),
    ),
    Mutation(
        "letters of a given-up message but for its first record forgotten",
        VERB,
        "Verb._resolve",
        (
            change(
                "batch.records", "batch.records[:1]", inside="for record in batch.records:\n    ..."
            ),
        ),
    ),
    Mutation(
        "an operator's failure given up",
        "consumer.delivery.retry_policy",
        "Attempts.verdict",
        (drop("if isinstance(error, OperatorError):\n    return ..."),),
    ),
    Mutation(
        "two messages of a message group under way",
        IN_FLIGHT,
        "_kept_in_order",
        (drop("if batch.group is not None:\n    return ..."),),
    ),
    Mutation(
        "a message group checkpointed past another's earlier changes",
        BATCHES,
        "Batch.checkpoint_after",
        (change("self.group is None", "True"),),
    ),
    Mutation(
        "letters of a message group checkpointed past another's earlier changes",
        VERB,
        "Verb._resolve",
        (change("batch.checkpoint_after(record)", "record.sequence_number"),),
    ),
    Mutation(
        "a part of a message group closes what is collected",
        BATCHES,
        "Batch.slice",
        (change("self.closes if end == len(self.records) else None", "self.closes"),),
    ),
    Mutation(
        "changes of a message group out of their order",
        "consumer.publishing.split",
        "_places_by_group",
        (change("each[1][0]", "-each[1][0]", inside="lambda each: ..."),),
    ),
    Mutation(
        "a full batch holds one record too many",
        "consumer.publishing.batches",
        "Batcher.add",
        (change("len(self._held) >= self._size", "len(self._held) > self._size"),),
    ),
)

UNBROKEN = Mutation("nothing", PROCESSOR, "", ())
"""Tests that fail on this one too say nothing of the others."""


def named(name: str) -> Mutation:
    """Return the mutation of this name."""
    (found,) = [mutation for mutation in MUTATIONS if mutation.name == name]
    return found
