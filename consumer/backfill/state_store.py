"""Where a backfill is kept: an item of its own in KCL's table of the leader's lock.

KCL reads that table by the keys that it knows, and workers may read and write it already; so a
backfill needs no table and no permission of its own, and goes on from any machine.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from consumer.backfill.state import Backfill, Owner, SavedBackfill, from_item, state_key, to_item
from consumer.delivery.retries import Retries
from consumer.publishing.errors import StreamPublisherError

LASTS_SECONDS = 4.0
"""A holder that has not saved for so long has ended: it saves about once a second."""

_POLL_SECONDS = 0.5


class BusyError(StreamPublisherError):
    """Another process is at work on the backfill."""


class BackfillState:
    """Keeps the backfill of one table.

    At most one process holds it. One that was held up for so long that another has taken it over
    learns so at its next save: each save is conditional on the last.

    Args:
        client: A boto3 DynamoDB client.
        table_name: KCL's table of the leader's lock.
        table: The table whose backfill it is.
        retries: Retries after a failure of a save.
    """

    def __init__(
        self,
        client: Any,  # noqa: ANN401 - boto3's clients have no common type
        table_name: str,
        table: str,
        retries: Retries,
    ) -> None:
        self._client, self._table_name, self._retries = client, table_name, retries
        self._key = state_key(table)

    def load(self) -> SavedBackfill | None:
        """Return what is kept, None if nothing is; raises what boto3 raises, and ValueError."""
        try:
            answer = self._client.get_item(
                TableName=self._table_name, Key=self._key, ConsistentRead=True
            )
        except self._client.exceptions.ResourceNotFoundException:
            return None
        return from_item(answer["Item"]) if "Item" in answer else None

    def create_table(self) -> None:
        """Create KCL's table as KCL does, where no worker has done so yet."""
        try:
            self._client.describe_table(TableName=self._table_name)
        except self._client.exceptions.ResourceNotFoundException:
            self._client.create_table(
                TableName=self._table_name,
                KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
        waiter = self._client.get_waiter("table_exists")
        waiter.wait(TableName=self._table_name, WaiterConfig={"Delay": 1, "MaxAttempts": 120})

    def take(self, backfill: Backfill, seen: SavedBackfill | None, holder: Owner) -> None:
        """Begin to hold a backfill, in the stead of what was seen.

        Raises:
            BusyError: Another process has done so since.
        """
        condition, values = "attribute_not_exists(#key)", {}
        if seen and seen.holder:
            condition = "holder = :holder AND beat = :beat"
            values = {":holder": {"S": seen.holder.token}, ":beat": {"N": str(seen.holder.beat)}}
        elif seen:
            condition = "attribute_not_exists(holder) AND beganAt = :began"
            values = {":began": {"N": str(seen.backfill.run.began_at)}}
        self._put(SavedBackfill(backfill, holder), condition, values)

    def save(self, backfill: Backfill, holder: Owner) -> Owner:
        """Keep how far it has come; return the holder as it is kept.

        Raises:
            BusyError: Another process has taken it over.
            PublishError: It can't be kept; as `Retries.call` raises it.
        """
        later = replace(holder, beat=holder.beat + 1)
        values = {":holder": {"S": holder.token}}
        self._retries.call(
            lambda: self._put(SavedBackfill(backfill, later), "holder = :holder", values)
        )
        return later

    def release(self, backfill: Backfill, holder: Owner) -> None:
        """Keep how far it has come, and hold it no longer; raises as `save` does."""
        # Where the answer to a first try was lost, nobody holds it any more.
        condition = "beganAt = :began AND (attribute_not_exists(holder) OR holder = :holder)"
        values = {
            ":began": {"N": str(backfill.run.began_at)},
            ":holder": {"S": holder.token},
        }
        self._retries.call(lambda: self._put(SavedBackfill(backfill, None), condition, values))

    def _put(self, kept: SavedBackfill, condition: str, values: Mapping[str, Any]) -> None:
        try:
            self._client.put_item(
                TableName=self._table_name,
                Item=to_item(kept),
                ConditionExpression=condition,
                **({"ExpressionAttributeValues": values} if values else {}),
                **({"ExpressionAttributeNames": {"#key": "key"}} if "#key" in condition else {}),
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            raise BusyError("another process is at work on it") from error


def watch(
    state: BackfillState, seen: SavedBackfill, sleep: Callable[[float], object] = time.sleep
) -> SavedBackfill | None:
    """Return what is kept once the holder that was seen has had the time to save.

    Raises:
        BusyError: It has saved, so it is at work.
    """
    for _ in range(int(LASTS_SECONDS / _POLL_SECONDS)):
        sleep(_POLL_SECONDS)
        now = state.load()
        if now is None or now.holder is None:
            return now
        if now != seen:
            raise BusyError(f"{now.holder.name} is at work on it")
    return seen
