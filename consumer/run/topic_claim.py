"""A worker's claim of its topic, made before it starts."""

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from consumer.checks.preflight import asked
from consumer.fleet.connections import open_lease_table
from consumer.fleet.coordinator_table import create_coordinator_table
from consumer.fleet.inspection import lease_timeout
from consumer.fleet.topic_claims import TopicClaim, conflicting, forgotten
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
        others = self._asked(self._others)
        if others:
            raise ConfigurationError([self._refusal(claim) for claim in others])

    def take(self, *, beside_others: bool) -> None:
        """Write the claim, then check it; delete it if the check fails.

        Of two workers that start at the same time, at least one sees the other's claim.

        Args:
            beside_others: Whether to start although running workers publish to another topic.

        Raises:
            ConfigurationError: As from `check`, or the claim can't be written.
        """
        self._asked(self._write)
        if beside_others:
            return
        try:
            self.check()
        except ConfigurationError:
            self._asked(lambda: self._delete(self._own))
            raise

    def _others(self) -> Sequence[TopicClaim]:
        _, claims = self._table.coordinator()
        timeout = lease_timeout(self._kcl)
        return conflicting(self._own, claims, self._table.reports(), self._now(), timeout)

    def _write(self) -> None:
        create_coordinator_table(self._table.tables, self._kcl)
        _, claims = self._table.coordinator()
        for claim in forgotten(claims, self._table.reports(), self._now()):
            self._delete(claim)
        name = self._kcl.coordinator_state_table
        self._table.tables.put_item(TableName=name, Item=self._own.to_item())

    def _delete(self, claim: TopicClaim) -> None:
        name = self._kcl.coordinator_state_table
        self._table.tables.delete_item(TableName=name, Key=claim.key)

    def _asked(self, question: Callable[[], Answer]) -> Answer | None:
        answer, mistakes = asked(f"table {self._kcl.coordinator_state_table!r}", question)
        if mistakes:
            raise ConfigurationError(mistakes)
        return answer

    def _refusal(self, claim: TopicClaim) -> str:
        return (
            f"publisher.topicArn = {self._own.topic_arn!r}: worker {claim.worker} of "
            f"applicationName = {self._kcl.application_name!r} publishes to {claim.topic_arn!r}; "
            f"{_FIX}"
        )
