"""Where a backfill is saved: an item of its own in KCL's table of the leader's lock.

KCL reads that table by the keys that it knows, and workers may read and write it already. So a
backfill needs no table and no permission of its own, and can be resumed from any machine.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from consumer.aws.errors import AWS_ERRORS
from consumer.backfill.state import Backfill, Owner, SavedBackfill, from_item, state_key, to_item
from consumer.delivery.retries import Retries
from consumer.fleet.retries import retries
from consumer.publishing.errors import StreamPublisherError, TransientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LASTS_SECONDS = 4.0
"""An owner that has not saved for so long has ended: it saves about once a second."""

_POLL_SECONDS = 0.5

_LAST_SECONDS = 10
"""How long the last save is retried once the command is to stop."""


class BusyError(StreamPublisherError):
    """Another process works on the backfill."""


class BackfillState:
    """Saves the backfill of one table.

    At most one process owns it. Every write is conditional on that: an owner that was held up until
    another process took over learns so at its next write, and changes nothing any more.

    Args:
        client: A boto3 DynamoDB client.
        table_name: KCL's table of the leader's lock.
        table: The table whose backfill it is.
        retries: Retries a write that failed.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        table_name: str,
        table: str,
        retries: Retries,
    ) -> None:
        self._client, self._table_name, self._retries = client, table_name, retries
        self._key = state_key(table)

    def load(self) -> SavedBackfill | None:
        """Return what is saved, None if nothing is; raises what boto3 raises, and ValueError."""
        try:
            answer = self._client.get_item(
                TableName=self._table_name, Key=self._key, ConsistentRead=True
            )
        except self._client.exceptions.ResourceNotFoundException:
            return None
        return from_item(answer["Item"]) if "Item" in answer else None

    def claim(self, backfill: Backfill, seen: SavedBackfill | None, owner: Owner) -> None:
        """Become the owner, in place of what was seen.

        Raises:
            BusyError: Another process has done so since.
        """
        condition = "attribute_not_exists(#key)"
        values: dict[str, Any] = {}
        if seen and seen.owner:
            condition = "holder = :holder AND beat = :beat"
            beat = str(seen.owner.heartbeat)
            values = {":holder": {"S": seen.owner.token}, ":beat": {"N": beat}}
        elif seen:
            condition = (
                "attribute_not_exists(holder) AND beganAt = :began AND positions = :positions"
            )
            item = to_item(seen)
            values = {":began": item["beganAt"], ":positions": item["positions"]}
        self._put(SavedBackfill(backfill, owner), condition, values)

    def save(self, backfill: Backfill, owner: Owner) -> Owner:
        """Save the positions; return the owner as it is saved.

        Raises:
            BusyError: Another process has taken over.
            PublishError: It can't be saved; as `Retries.call` raises it.
        """
        later = replace(owner, heartbeat=owner.heartbeat + 1)
        self._put_as_owner(SavedBackfill(backfill, later), owner)
        return later

    def release(self, backfill: Backfill, owner: Owner) -> None:
        """Save the positions, and own the backfill no longer; raises as `save` does.

        Retries end when the command is to stop. This write is worth some seconds more.
        """
        saved = SavedBackfill(backfill, None)
        try:
            self._put_as_owner(saved, owner)
        except KeyboardInterrupt:
            self._put_before_the_end(saved, owner)

    def _put_as_owner(self, saved: SavedBackfill, owner: Owner) -> None:
        self._retries.call(lambda: self._put_once(saved, owner))

    def _put_before_the_end(self, saved: SavedBackfill, owner: Owner) -> None:
        try:
            retries(self._is_transient, seconds=_LAST_SECONDS, first_wait=0.1, longest_wait=2)(
                self._put_once, saved, owner
            )
        except AWS_ERRORS as error:
            raise self._retries.failure(error) from error

    def _is_transient(self, error: BaseException) -> bool:
        return isinstance(error, AWS_ERRORS) and isinstance(
            self._retries.failure(error), TransientError
        )

    def _put_once(self, saved: SavedBackfill, owner: Owner) -> None:
        self._put(saved, "holder = :holder", {":holder": {"S": owner.token}})

    def _put(self, saved: SavedBackfill, condition: str, values: Mapping[str, Any]) -> None:
        more: dict[str, Any] = {"ExpressionAttributeValues": values} if values else {}
        if "#key" in condition:
            more["ExpressionAttributeNames"] = {"#key": "key"}
        try:
            self._client.put_item(
                TableName=self._table_name,
                Item=to_item(saved),
                ConditionExpression=condition,
                **more,
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            # Where only the answer to an earlier try was lost, what we write is there.
            if self.load() != saved:
                raise BusyError("another process works on it") from error


def watch(
    state: BackfillState, seen: SavedBackfill, sleep: Callable[[float], object] = time.sleep
) -> SavedBackfill | None:
    """Return what is saved once the owner that was seen has had the time to save.

    Raises:
        BusyError: It has saved, so it is at work.
    """
    for _ in range(int(LASTS_SECONDS / _POLL_SECONDS)):
        sleep(_POLL_SECONDS)
        now = state.load()
        if now is None or now.owner is None:
            return now
        if now != seen:
            raise BusyError(f"{now.owner.name} works on it")
    return seen
