"""A worker's claim of its topic, made before it starts."""

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from consumer.aws.errors import AWS_ERRORS
from consumer.checks.check import ProblemError, answered
from consumer.fleet.connections import open_lease_table
from consumer.fleet.inspection import lease_timeout
from consumer.fleet.topic_claims import TopicClaim, conflicting, forgotten
from consumer.fleet.worker_reports import WorkerReport
from consumer.settings.configuration import Configuration
from consumer.settings.configuration_error import ConfigurationError

Answer = TypeVar("Answer")

_FIX = "stop it first, give this worker an applicationName of its own, or run --change-topic"


class TopicClaims:
    """Claims the topic of a configuration for a worker.

    Args:
        configuration: The worker's configuration.
        worker: The worker's name.
        now: The clock, in seconds since 1970 UTC.
    """

    def __init__(
        self, configuration: Configuration, worker: str, now: Callable[[], float] = time.time
    ) -> None:
        self._kcl, self._now = configuration.kcl, now
        self._table = open_lease_table(configuration)
        self._own = TopicClaim(worker, configuration.publisher.topic_arn, int(now()))

    def check(self) -> None:
        """Check that no running worker of this application publishes to another topic.

        Raises:
            ConfigurationError: One does, or the tables can't be read.
        """
        if others := self._others():
            raise ConfigurationError([self._refusal(claim) for claim in others])

    def take(self, *, beside_others: bool) -> None:
        """Write the claim, then check it; delete it if the check fails. The tables must exist.

        Of two workers that start at the same time, at least one sees the other's claim.

        Args:
            beside_others: Whether to start although running workers publish to another topic.

        Raises:
            ConfigurationError: As from `check`, or the claim can't be written.
        """
        self._write()
        if beside_others:
            return
        try:
            self.check()
        except ConfigurationError:
            self._delete(self._own)
            raise

    def _others(self) -> Sequence[TopicClaim]:
        claims, reports = self._read()
        return conflicting(self._own, claims, reports, self._now(), lease_timeout(self._kcl))

    def _read(self) -> tuple[Sequence[TopicClaim], Sequence[WorkerReport]]:
        names = self._table.names
        claims = _asked(names.coordinator, self._table.coordinator).topic_claims
        return claims, _asked(names.reports, self._table.reports)

    def _write(self) -> None:
        tables, name = self._table.tables, self._table.names.coordinator
        for claim in forgotten(*self._read(), self._now()):
            self._delete(claim)
        _asked(name, lambda: tables.put_item(TableName=name, Item=self._own.to_item()))

    def _delete(self, claim: TopicClaim) -> None:
        """Delete a claim, unless its worker has written another one since.

        A failure is not told: a row too many keeps nobody from a start for long.
        """
        with contextlib.suppress(*AWS_ERRORS):
            self._table.tables.delete_item(
                TableName=self._table.names.coordinator,
                Key=claim.key,
                ConditionExpression="claimedAt = :seen",
                ExpressionAttributeValues={":seen": {"N": str(claim.claimed_at)}},
            )

    def _refusal(self, claim: TopicClaim) -> str:
        return (
            f"publisher.topicArn = {self._own.topic_arn!r}: worker {claim.worker} of "
            f"applicationName = {self._kcl.application_name!r} publishes to {claim.topic_arn!r}; "
            f"{_FIX}"
        )


def _asked(table: str, question: Callable[[], Answer]) -> Answer:
    try:
        return answered(f"table {table!r}", question)
    except ProblemError as error:
        raise ConfigurationError([str(error)]) from error
