"""Checkpoints written beside workers that renew, checkpoint, hand over and clean up meanwhile."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from moto import mock_aws

from consumer.fleet.lease_table import LeaseTable
from consumer.fleet.stream import Stream
from consumer.replay.caller_identity import find_caller
from consumer.replay.errors import LeasesChangedError, OtherReplayError
from consumer.replay.lease_writes import LeaseWrites
from consumer.replay.plan import Plan, Step
from consumer.replay.replay_record import Caller, ReplayRecord, new_replay_record
from consumer.replay.replayer import Replayer
from consumer.replay.start_position import OLDEST_BOUNDARY
from tests.replay.still_fleet import Clock, StillFleet
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.stream import SimulatedStream

COUNTER = 1_795_604_000
_NO_CLIENT: Any = None


@pytest.fixture
def fleet() -> Iterator[StillFleet]:
    """Tables in memory: a parent that has ended, and its child."""
    clock = Clock()
    stream = SimulatedStream("orders", 1, now=clock)
    with mock_aws(), StreamsEndpoint(stream) as endpoint:
        made = StillFleet(
            boto3.client("dynamodb", region_name="eu-west-1"), stream, endpoint, clock
        )
        made.lease("parent", "SHARD_END")
        made.lease("child", "50", "parent")
        yield made


def writes_of(fleet: StillFleet, tables: Any = None) -> LeaseWrites:  # noqa: ANN401 - boto3's client
    """What writes to the fleet's leases."""
    return LeaseWrites(tables or fleet.tables, fleet.names)


def record_of(*steps: Step, last: int = 0, mark: str = "t-1") -> ReplayRecord:
    """A replay of the parent and its child, or of these."""
    family = (
        Step("parent", (), "SHARD_END", "7"),
        Step("child", ("parent",), "50", "TRIM_HORIZON"),
    )
    plan = Plan(OLDEST_BOUNDARY, steps or family, {})
    return new_replay_record(
        plan, Caller("me@here", "host"), last, mark=mark, at="2026-11-23T02:00:00Z"
    )


def checkpoint_as_kcl(fleet: StillFleet, shard_id: str, counter: int, checkpoint: str) -> None:
    """What a worker writes that knows this counter."""
    fleet.tables.update_item(
        TableName=fleet.application,
        Key={"leaseKey": {"S": shard_id}},
        UpdateExpression="SET checkpoint = :to, leaseCounter = :next",
        ConditionExpression="leaseCounter = :known",
        ExpressionAttributeValues={
            ":to": {"S": checkpoint},
            ":next": {"N": str(counter + 1)},
            ":known": {"N": str(counter)},
        },
    )


def test_a_checkpoint_before_the_write_is_overwritten_and_one_after_it_refused(
    fleet: StillFleet,
) -> None:
    """A worker that checkpoints meanwhile can't undo a replay."""
    checkpoint_as_kcl(fleet, "child", 7, "60")
    writes_of(fleet).write(record_of(), COUNTER)
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        checkpoint_as_kcl(fleet, "child", 8, "70")

    assert fleet.checkpoints() == {"parent": "7", "child": "TRIM_HORIZON"}


def end(fleet: StillFleet) -> None:
    """The child's shard ends, so that another lease follows that the plan doesn't know."""
    fleet.lease("child", "SHARD_END", "parent")


def go(fleet: StillFleet) -> None:
    """The parent's lease is cleaned up."""
    fleet.tables.delete_item(TableName=fleet.application, Key={"leaseKey": {"S": "parent"}})


@pytest.mark.parametrize("change", [end, go])
def test_a_plan_that_no_longer_fits_writes_nothing(
    fleet: StillFleet, change: Callable[[StillFleet], None]
) -> None:
    """Neither the lease that changed nor any other, nor the history."""
    change(fleet)
    before = fleet.leases()
    with pytest.raises(LeasesChangedError):
        writes_of(fleet).write(record_of(), COUNTER)

    assert (fleet.leases(), fleet.history()) == (before, {})


def test_a_lease_that_came_back_meanwhile_is_not_overwritten(fleet: StillFleet) -> None:
    """KCL has made it: the plan has to be made anew."""
    with pytest.raises(LeasesChangedError):
        writes_of(fleet).write(record_of(Step("child", (), None, "TRIM_HORIZON")), COUNTER)

    assert fleet.checkpoints()["child"] == "50"


def test_of_two_replays_at_once_one_is_refused(fleet: StillFleet) -> None:
    """Both have looked at the same leases; the second one changes nothing."""
    writes = writes_of(fleet)
    writes.write(record_of(), COUNTER)
    before = fleet.leases()
    with pytest.raises(OtherReplayError):
        writes.write(record_of(Step("child", (), "TRIM_HORIZON", "60"), mark="t-2"), COUNTER)

    assert fleet.leases() == before
    assert [replay_record.mark for replay_record in writes.history()] == ["t-1"]
    assert writes.last_number() == 1


class Wire:
    """DynamoDB behind a line that fails as a test says.

    Args:
        tables: A boto3 client of DynamoDB.
        failures: What the next transactions raise, each with whether it arrived all the same.
    """

    def __init__(self, tables: Any, *failures: tuple[Exception, bool]) -> None:  # noqa: ANN401 - boto3's client
        self._tables, self._failures = tables, list(failures)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - boto3's methods
        return getattr(self._tables, name)

    def transact_write_items(self, **request: Any) -> None:  # noqa: ANN401 - boto3's parameters
        """Write, unless the line fails before."""
        error, arrives = self._failures.pop(0) if self._failures else (None, True)
        if arrives:
            self._tables.transact_write_items(**request)
        if error:
            raise error


NO_ANSWER = ReadTimeoutError(endpoint_url="https://dynamodb")


def refusal(code: str, *reasons: str) -> ClientError:
    """DynamoDB's answer to a transaction that it doesn't carry out."""
    answer: Any = {"Error": {"Code": code}, "CancellationReasons": [{"Code": r} for r in reasons]}
    return ClientError(answer, "TransactWriteItems")


def test_a_lost_answer_is_looked_up(fleet: StillFleet) -> None:
    """Where the replay is written, all is well; the same where a second try finds the first."""
    writes_of(fleet, Wire(fleet.tables, (NO_ANSWER, True))).write(record_of(), COUNTER)
    again = record_of(Step("child", ("parent",), "TRIM_HORIZON", "60"))
    writes_of(fleet, Wire(fleet.tables)).write(again, COUNTER)

    assert fleet.checkpoints() == {"parent": "7", "child": "TRIM_HORIZON"}
    assert list(fleet.history()) == ["Replay-000001"]


def test_where_nothing_arrived_the_error_is_told(fleet: StillFleet) -> None:
    """And nothing is written."""
    with pytest.raises(ReadTimeoutError):
        writes_of(fleet, Wire(fleet.tables, (NO_ANSWER, False))).write(record_of(), COUNTER)

    assert fleet.history() == {}


def test_a_conflict_with_a_worker_is_tried_again(fleet: StillFleet) -> None:
    """It writes a lease at the same moment."""
    conflict = refusal("TransactionCanceledException", "None", "TransactionConflict", "None")
    under_way = refusal("TransactionInProgressException")
    wire = Wire(fleet.tables, (conflict, False), (under_way, False))
    writes_of(fleet, wire).write(record_of(), COUNTER)

    assert fleet.checkpoints()["parent"] == "7"


def test_no_permission_for_one_of_the_writes_changes_nothing(fleet: StillFleet) -> None:
    """DynamoDB refuses the whole transaction."""
    denied = refusal("AccessDeniedException")
    with pytest.raises(ClientError, match="AccessDenied"):
        writes_of(fleet, Wire(fleet.tables, (denied, False))).write(record_of(), COUNTER)

    assert (fleet.checkpoints()["parent"], fleet.history()) == ("SHARD_END", {})


def test_a_lease_that_is_cleaned_up_after_the_write_comes_back(fleet: StillFleet) -> None:
    """The adapter deletes on no condition what had ended when it looked."""
    table = LeaseTable(fleet.tables, fleet.names)
    cleanups = iter([go])
    replayer = Replayer(
        Stream(_NO_CLIENT, fleet.stream.arn),
        table,
        writes_of(fleet),
        now=lambda: COUNTER,
        wait=lambda _seconds: next(cleanups, lambda _fleet: None)(fleet),
    )
    replay_record = record_of()
    replayer.carry_out(replay_record)
    replayer.look_after(replay_record)
    lease = fleet.leases()["parent"]

    assert (lease["checkpoint"], lease["leaseCounter"]) == ({"S": "7"}, {"N": str(COUNTER)})
    assert fleet.leases()["child"]["leaseCounter"] == {"N": "8"}


def test_leases_that_nobody_can_clean_up_are_not_waited_for(fleet: StillFleet) -> None:
    """Only those that had ended are deleted."""
    table = LeaseTable(fleet.tables, fleet.names)
    waits: list[float] = []
    replayer = Replayer(Stream(_NO_CLIENT, "arn"), table, writes_of(fleet), wait=waits.append)
    replayer.look_after(replace(record_of(), steps=(Step("child", (), "50", "7"),)))

    assert waits == []


def test_who_calls_is_told_by_aws_or_else_by_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network without STS must not keep anybody from a replay."""
    with mock_aws():
        assert find_caller("eu-west-1") == Caller("arn:aws:sts::123456789012:user/moto", "sts")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    caller = find_caller("eu-west-1")

    assert caller.known_from == "host"
    assert "@" in caller.name
