"""Whether a backfill begins anew, resumes, or is refused."""

from dataclasses import dataclass

from consumer.backfill.request import DEFAULT_SEGMENTS, BackfillRequest
from consumer.backfill.state import Backfill, SavedBackfill, ScanPosition
from consumer.publishing.errors import StreamPublisherError
from consumer.publishing.snapshots import Run
from consumer.terminal.plurals import counted


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be read, and where it is to be published.

    Attributes:
        table: The table's name.
        table_id: Its id.
        topic_arn: The topic.
        segments: The number of segments that is asked for; None if none is.
    """

    table: str
    table_id: str
    topic_arn: str
    segments: int | None


class RefusedError(StreamPublisherError):
    """A backfill can't begin like this.

    Args:
        mistakes: A line for each reason, with what to do.
    """

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = mistakes


def choose(
    saved: SavedBackfill | None, request: BackfillRequest, target: Target, now: int
) -> Backfill:
    """Return the backfill to work on.

    Args:
        saved: An earlier one.
        request: What is asked for.
        target: What it is to do.
        now: The time by DynamoDB's clock, in whole seconds since 1970 UTC.

    Raises:
        RefusedError: The earlier one doesn't go with what is asked for.
    """
    earlier = saved.backfill if saved else None
    if request is BackfillRequest.RESUME:
        return _resumed(earlier, target)
    if request is BackfillRequest.BEGIN and earlier and not earlier.is_ended:
        items = counted(earlier.items, "item")
        reason = f"that of {earlier.run.name} is unfinished, with {items} published"
        raise RefusedError(
            [f"backfill of {target.table}: {reason}; say --resume to go on, or --restart"]
        )
    # Two runs have two names, however soon the second comes.
    began_at = max(now, earlier.run.began_at + 1) if earlier else now
    positions = (ScanPosition(),) * (target.segments or DEFAULT_SEGMENTS)
    return Backfill(target.table, target.table_id, target.topic_arn, Run(began_at), positions)


def _resumed(earlier: Backfill | None, target: Target) -> Backfill:
    if earlier is None or earlier.is_ended:
        raise RefusedError(
            [f"--resume: no backfill of {target.table} is unfinished; leave it away to begin one"]
        )
    mistakes = _differences(earlier, target)
    if mistakes:
        raise RefusedError(mistakes)
    return earlier


def _differences(earlier: Backfill, target: Target) -> list[str]:
    mistakes: list[str] = []
    segments = len(earlier.positions)
    if target.segments not in {None, segments}:
        mistakes.append(
            f"--segments {target.segments}: the unfinished backfill has {segments}; leave "
            "--segments away, or say --restart"
        )
    if target.topic_arn != earlier.topic_arn:
        mistakes.append(
            f"publisher.topicArn = {target.topic_arn!r}: the unfinished backfill publishes to "
            f"{earlier.topic_arn}; set that, or say --restart"
        )
    if target.table_id != earlier.table_id:
        mistakes.append(
            f"publisher.table = {target.table!r}: was made anew since the unfinished backfill "
            "began; say --restart"
        )
    return mistakes
