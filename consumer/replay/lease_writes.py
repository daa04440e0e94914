"""Writes checkpoints while workers run: all of a replay, or none of it.

KCL 3.1.3 checkpoints and renews a lease on the condition that the lease's counter is the one the
worker knows. A replay raises the counter, so the holder's next write fails and the holder drops the
lease. The replay also removes the owner, so the leader assigns the lease again within seconds. A
checkpoint that arrives before the replay's write is overwritten; one that arrives later is refused.
The leader assigns a lease on the condition that its owner is the one the leader knows, and never
writes a checkpoint.
"""

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from consumer.aws.errors import AWS_ERRORS, AwsError, code_of, is_decided
from consumer.fleet.connections import tables_client
from consumer.fleet.leases import SHARD_END
from consumer.fleet.retries import retries
from consumer.fleet.table_names import TableNames, table_names
from consumer.replay.errors import LeasesChangedError, OtherReplayError
from consumer.replay.plan import Step
from consumer.replay.replay_record import ReplayRecord, is_replay_record, read_replay_record
from consumer.settings.configuration import Configuration

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_WAITS = {"seconds": 20.0, "first_wait": 0.05, "longest_wait": 1.0}
_TRANSIENT = frozenset(
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "None"}
)
_RESET = (
    "SET checkpoint = :to, checkpointSubSequenceNumber = :zero, "
    "ownerSwitchesSinceCheckpoint = :zero, leaseCounter = leaseCounter + :one "
    "REMOVE leaseOwner, checkpointOwner, pendingCheckpoint, pendingCheckpointSubSequenceNumber, "
    "pendingCheckpointState"
)


class LeaseWrites:
    """Writes replays; every method raises what boto3 raises.

    Args:
        tables: A boto3 client of DynamoDB.
        names: The tables' names. The coordinator table also holds a record of each replay. KCL
            reads its own rows there by their keys.
    """

    def __init__(self, tables: "DynamoDBClient", names: TableNames) -> None:
        self._tables, self._names = tables, names

    def history(self) -> tuple[ReplayRecord, ...]:
        """Return the replays that were done, oldest first."""
        pages = self._tables.get_paginator("scan").paginate(
            TableName=self._names.coordinator, ConsistentRead=True
        )
        items = [item for page in pages for item in page["Items"]]
        replay_records = [read_replay_record(item) for item in items if is_replay_record(item)]
        return tuple(sorted(replay_records, key=lambda replay_record: replay_record.number))

    def last_number(self) -> int:
        """Return the number of the latest replay, 0 if there was none."""
        return max((replay_record.number for replay_record in self.history()), default=0)

    def write(self, replay_record: ReplayRecord, counter: int) -> None:
        """Carry out a replay, wholly or not at all.

        Args:
            replay_record: The replay.
            counter: The first counter of a lease that is written anew. It must exceed every counter
                of an earlier lease of the same shard, so that a worker that still believes it holds
                that lease is refused.

        Raises:
            LeasesChangedError: The plan no longer fits the leases; nothing was written.
            OtherReplayError: Another replay has its number; nothing was written.
        """
        items: list[Any] = [
            self._record_put(replay_record),
            *(self._lease_write(s, counter) for s in replay_record.steps),
        ]
        try:
            for attempt in retries(_is_transient, **_WAITS):
                with attempt:
                    self._tables.transact_write_items(TransactItems=items)
        except AWS_ERRORS as error:
            self._refuse(replay_record, error)

    def restore(self, steps: Sequence[Step], counter: int) -> None:
        """Write these leases anew unless they exist."""
        for step in steps:
            with contextlib.suppress(self._tables.exceptions.ConditionalCheckFailedException):
                self._tables.put_item(**self._put(step, counter))

    def _refuse(self, replay_record: ReplayRecord, error: AwsError) -> None:
        codes = _reasons(error)
        if not is_decided(error):
            # Without a readable answer the transaction may still have been written.
            if not self._is_written(replay_record):
                raise error
        elif codes and codes[0] == "ConditionalCheckFailed":
            # If the answer to an earlier try was lost, the record found is our own.
            if not self._is_written(replay_record):
                raise OtherReplayError from error
        elif "ConditionalCheckFailed" in codes:
            raise LeasesChangedError from error
        else:
            raise error

    def _is_written(self, replay_record: ReplayRecord) -> bool:
        key = {"key": replay_record.to_item()["key"]}
        found = self._tables.get_item(
            TableName=self._names.coordinator, Key=key, ConsistentRead=True
        )
        return "Item" in found and read_replay_record(found["Item"]).mark == replay_record.mark

    def _record_put(self, replay_record: ReplayRecord) -> dict[str, Any]:
        return {
            "Put": {
                "TableName": self._names.coordinator,
                "Item": replay_record.to_item(),
                "ConditionExpression": "attribute_not_exists(#key)",
                "ExpressionAttributeNames": {"#key": "key"},
            }
        }

    def _lease_write(self, step: Step, counter: int) -> dict[str, Any]:
        if step.now is None:
            return {"Put": self._put(step, counter)}
        has_ended = "checkpoint = :end" if step.now == SHARD_END else "checkpoint <> :end"
        return {
            "Update": {
                "TableName": self._names.leases,
                "Key": {"leaseKey": {"S": step.shard_id}},
                "UpdateExpression": _RESET,
                "ConditionExpression": f"attribute_exists(leaseKey) AND {has_ended}",
                "ExpressionAttributeValues": {
                    ":to": {"S": step.to},
                    ":zero": {"N": "0"},
                    ":one": {"N": "1"},
                    ":end": {"S": SHARD_END},
                },
            }
        }

    def _put(self, step: Step, counter: int) -> dict[str, Any]:
        """A new lease as KCL writes it. The adapter gives every shard the same hash keys."""
        parents = {"parentShardId": {"SS": list(step.parents)}} if step.parents else {}
        return {
            "TableName": self._names.leases,
            "Item": {
                "leaseKey": {"S": step.shard_id},
                "leaseCounter": {"N": str(counter)},
                "checkpoint": {"S": step.to},
                "checkpointSubSequenceNumber": {"N": "0"},
                "ownerSwitchesSinceCheckpoint": {"N": "0"},
                "startingHashKey": {"S": "0"},
                "endingHashKey": {"S": "1"},
                **parents,
            },
            "ConditionExpression": "attribute_not_exists(leaseKey)",
        }


def _is_transient(error: BaseException) -> bool:
    codes = _reasons(error)
    # A try that timed out may still be running when the next one arrives.
    is_running = code_of(error) == "TransactionInProgressException"
    return is_running or (bool(codes) and set(codes) <= _TRANSIENT)


def _reasons(error: BaseException) -> tuple[str, ...]:
    """Why a transaction was cancelled, one code for each item; none for any other failure."""
    if not isinstance(error, ClientError):
        return ()
    return tuple(reason["Code"] for reason in error.response.get("CancellationReasons", []))


def open_lease_writes(configuration: Configuration) -> LeaseWrites:
    """Return what writes to the lease table. No call is made yet."""
    return LeaseWrites(tables_client(configuration), table_names(configuration.kcl))
