"""Which topic each worker publishes to: rows of this program in KCL's coordinator table.

Workers of one application share the shards of one stream. If two of them publish to different
topics, each topic lacks a part of the changes. So a worker writes its topic before it starts, and
doesn't start while another one publishes elsewhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from consumer.fleet.items import Item, attributes
from consumer.fleet.worker_reports import WorkerReport

STARTING_SECONDS = 120
"""Within this time of its start a worker makes its first report."""

_DAY_SECONDS = 24 * 3600
"""A claim of a worker that is gone is deleted after a day, as KCL deletes its report."""

_PREFIX = "Worker/"


@dataclass(frozen=True, slots=True)
class TopicClaim:
    """A worker's topic.

    Attributes:
        worker: The worker's name.
        topic_arn: The topic.
        claimed_at: When the worker started, by its own clock, in whole seconds since 1970 UTC.
    """

    worker: str
    topic_arn: str
    claimed_at: int

    @property
    def key(self) -> dict[str, Any]:
        """The key of its row, in DynamoDB JSON."""
        return {"key": {"S": f"{_PREFIX}{self.worker}"}}

    def to_item(self) -> dict[str, Any]:
        """Its row, in DynamoDB JSON."""
        values = {"topicArn": {"S": self.topic_arn}, "claimedAt": {"N": str(self.claimed_at)}}
        return self.key | values


def read_topic_claims(items: Iterable[Item]) -> tuple[TopicClaim, ...]:
    """Read the claims among the rows of the coordinator table, by worker.

    Raises:
        ValueError: A row with the key of a claim is none.
    """
    rows = [item for item in items if str(item["key"]["S"]).startswith(_PREFIX)]
    try:
        claims = [_claim(row) for row in rows]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"holds a worker's topic that is none; {attributes(*rows)}") from error
    return tuple(sorted(claims, key=lambda claim: claim.worker))


def _claim(row: Item) -> TopicClaim:
    return TopicClaim(
        worker=row["key"]["S"].removeprefix(_PREFIX),
        topic_arn=row["topicArn"]["S"],
        claimed_at=int(row["claimedAt"]["N"]),
    )


def conflicting(
    own: TopicClaim,
    claims: Iterable[TopicClaim],
    reports: Sequence[WorkerReport],
    now: float,
    lease_timeout: float,
) -> tuple[TopicClaim, ...]:
    """Return the claims of running workers that publish to another topic.

    Args:
        own: The claim of the worker that wants to start.
        claims: All claims.
        reports: The workers' reports.
        now: The time, in seconds since 1970 UTC.
        lease_timeout: How many seconds a running worker may give no sign of life.
    """
    reported = {report.worker: report.reported_at for report in reports}
    return tuple(
        claim
        for claim in claims
        if claim.worker != own.worker
        and claim.topic_arn != own.topic_arn
        and _is_running(claim, reported.get(claim.worker), now, lease_timeout)
    )


def _is_running(
    claim: TopicClaim, reported_at: int | None, now: float, lease_timeout: float
) -> bool:
    if reported_at is None or reported_at < claim.claimed_at:
        return now - claim.claimed_at <= STARTING_SECONDS
    return now - reported_at <= lease_timeout


def forgotten(
    claims: Iterable[TopicClaim], reports: Iterable[WorkerReport], now: float
) -> tuple[TopicClaim, ...]:
    """Return the claims of workers that are gone for a day."""
    reported = {report.worker for report in reports}
    return tuple(
        claim
        for claim in claims
        if claim.worker not in reported and now - claim.claimed_at > _DAY_SECONDS
    )
