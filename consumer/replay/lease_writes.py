"""Checkpoints written beside running workers: all of a replay or none of it.

KCL 3.1.3 makes a checkpoint, and renews a lease, on the condition that the lease's counter is the
one that the worker knows. So whoever raises the counter makes the holder's next write fail; the
holder then drops the lease, and with its owner removed, the fleet's leader gives it to somebody
within seconds. A checkpoint that was on its way before ours is overwritten, one that comes after it
is refused. The leader assigns leases on the condition that the owner is the one that it knows, and
never writes a checkpoint.
"""

import contextlib
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import ClientError
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random_exponential

from consumer.aws.errors import AWS_ERRORS, AwsError, code_of, is_decided
from consumer.fleet.leases import SHARD_END
from consumer.fleet.opening import table_names, tables_client
from consumer.replay.history import ReplayRecord, is_entry, read_entry
from consumer.replay.plan import Step
from consumer.settings.configuration import Configuration

_PATIENCE_SECONDS = 20
_PASSING = frozenset(
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "None"}
)
_RESET = (
    "SET checkpoint = :to, checkpointSubSequenceNumber = :zero, "
    "ownerSwitchesSinceCheckpoint = :zero, leaseCounter = leaseCounter + :one "
    "REMOVE leaseOwner, checkpointOwner, pendingCheckpoint, pendingCheckpointSubSequenceNumber, "
    "pendingCheckpointState"
)


class ChangedError(Exception):
    """Meanwhile a shard has ended, or a lease came or went: the plan has to be made anew."""


class OtherReplayError(Exception):
    """Another replay was done meanwhile."""


class LeaseWrites:
    """Writes replays; every method raises what boto3 raises.

    Args:
        tables: A boto3 client of DynamoDB.
        leases_name: The lease table.
        state_name: KCL's coordinator table, where each replay is kept beside KCL's own rows: KCL
            asks for those by their keys.
    """

    def __init__(self, tables: Any, leases_name: str, state_name: str) -> None:  # noqa: ANN401 - boto3's client
        self._tables, self._leases_name, self._state_name = tables, leases_name, state_name

    def history(self) -> tuple[ReplayRecord, ...]:
        """Return the replays that were done, the first one first."""
        pages = self._tables.get_paginator("scan").paginate(
            TableName=self._state_name, ConsistentRead=True
        )
        items = [item for page in pages for item in page["Items"]]
        entries = [read_entry(item) for item in items if is_entry(item)]
        return tuple(sorted(entries, key=lambda entry: entry.number))

    def last_number(self) -> int:
        """Return the number of the last replay, 0 where there was none."""
        return max((entry.number for entry in self.history()), default=0)

    def write(self, entry: ReplayRecord, counter: int) -> None:
        """Carry out a replay, wholly or not at all.

        Args:
            entry: The replay.
            counter: Where a lease that is written anew begins to count: above all that an earlier
                lease of its shard can have come to, so that a worker that still believes to hold
                that one is refused.

        Raises:
            ChangedError: The plan doesn't fit the leases any more; nothing was written.
            OtherReplayError: Another replay has its number; nothing was written.
        """
        items = [self._entry_put(entry), *(self._lease_write(s, counter) for s in entry.steps)]
        try:
            for attempt in _retrying():
                with attempt:
                    self._tables.transact_write_items(TransactItems=items)
        except AWS_ERRORS as error:
            self._refuse(entry, error)

    def restore(self, steps: Sequence[Step], counter: int) -> None:
        """Write leases anew where they are not there any more."""
        for step in steps:
            with contextlib.suppress(self._tables.exceptions.ConditionalCheckFailedException):
                self._tables.put_item(**self._put(step, counter))

    def _refuse(self, entry: ReplayRecord, error: AwsError) -> None:
        codes = _reasons(error)
        if not is_decided(error):
            # Without a readable answer it may be written all the same.
            if not self._is_written(entry):
                raise error
        elif codes and codes[0] == "ConditionalCheckFailed":
            # A try whose answer was lost finds itself.
            if not self._is_written(entry):
                raise OtherReplayError from error
        elif "ConditionalCheckFailed" in codes:
            raise ChangedError from error
        else:
            raise error

    def _is_written(self, entry: ReplayRecord) -> bool:
        key = {"key": entry.to_item()["key"]}
        found = self._tables.get_item(TableName=self._state_name, Key=key, ConsistentRead=True)
        return "Item" in found and read_entry(found["Item"]).mark == entry.mark

    def _entry_put(self, entry: ReplayRecord) -> dict[str, Any]:
        return {
            "Put": {
                "TableName": self._state_name,
                "Item": entry.to_item(),
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
                "TableName": self._leases_name,
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
        """A lease as KCL writes a new one; the adapter gives every shard the same hash keys."""
        parents = {"parentShardId": {"SS": list(step.parents)}} if step.parents else {}
        return {
            "TableName": self._leases_name,
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


def _retrying() -> Retrying:
    """Tries again while a worker writes one of the leases at the same moment."""
    return Retrying(
        retry=retry_if_exception(_is_passing),
        stop=stop_after_delay(_PATIENCE_SECONDS),
        wait=wait_random_exponential(multiplier=0.05, max=1),
        reraise=True,
    )


def _is_passing(error: BaseException) -> bool:
    codes = _reasons(error)
    # A try that timed out may still be under way when the next one comes.
    is_under_way = code_of(error) == "TransactionInProgressException"
    return is_under_way or (bool(codes) and set(codes) <= _PASSING)


def _reasons(error: BaseException) -> tuple[str, ...]:
    """Why a transaction was cancelled, item by item; nothing of any other failure."""
    if not isinstance(error, ClientError):
        return ()
    return tuple(reason["Code"] for reason in error.response.get("CancellationReasons", []))


def open_lease_writes(configuration: Configuration) -> LeaseWrites:
    """Return what writes to the lease table; asks nothing yet."""
    (lease_table, _), _, (state, _) = table_names(configuration)
    return LeaseWrites(tables_client(configuration), lease_table, state)
