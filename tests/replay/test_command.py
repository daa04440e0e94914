"""`stream-publisher replay`: what it shows, writes and refuses; no worker runs."""

import io
import itertools
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import boto3
import pytest
from click.testing import CliRunner, Result
from moto import mock_aws

from consumer.cli import main
from consumer.fleet.lease_table import LeaseTable
from consumer.fleet.stream import Stream
from consumer.sandbox.proxy import Request
from tests.replay.still_fleet import Clock, Family, StillFleet
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.stream import SimulatedStream

REGION = "eu-west-1"


@pytest.fixture
def fleet() -> Iterator[StillFleet]:
    """A fleet whose tables are in memory."""
    clock = Clock()
    stream = SimulatedStream("orders", 1, now=clock)
    with mock_aws(), StreamsEndpoint(stream) as endpoint:
        yield StillFleet(boto3.client("dynamodb", region_name=REGION), stream, endpoint, clock)


@pytest.fixture
def family(fleet: StillFleet) -> Family:
    """A parent and two children, all published."""
    return Family(fleet)


def replay(
    fleet: StillFleet, *arguments: str, answer: str | io.BytesIO = "", **settings: str
) -> Result:
    """Run the command."""
    environ = {"AWS_REGION": REGION, **fleet.settings(**settings)}
    return CliRunner().invoke(main, ["replay", *arguments], env=environ, input=answer)


def test_a_family_is_set_back_and_nothing_else_of_a_lease_is_touched(
    fleet: StillFleet, family: Family
) -> None:
    """Nobody owns the leases then, and whoever holds one can't write it any more."""
    done = replay(fleet, "--from", "15m ago", "--yes", "--json")

    assert done.exit_code == 0, done.output
    assert fleet.checkpoints() == {
        family.parent: family.old[-1],
        family.left: "TRIM_HORIZON",
        family.right: "TRIM_HORIZON",
    }
    lease = fleet.leases()[family.left]
    assert set(lease) == {
        "leaseKey",
        "leaseCounter",
        "checkpoint",
        "checkpointSubSequenceNumber",
        "ownerSwitchesSinceCheckpoint",
        "parentShardId",
        "throughputKBps",
    }
    assert lease["leaseCounter"] == {"N": "8"}
    assert json.loads(done.stdout)["again"] == 4 + 16


def test_a_lease_that_is_gone_comes_before_its_children(fleet: StillFleet, family: Family) -> None:
    """KCL has deleted the parent's; it is written as KCL does, and counts from far above."""
    fleet.tables.delete_item(TableName=fleet.application, Key={"leaseKey": {"S": family.parent}})
    done = replay(fleet, "--from", "15m ago", "--yes")

    assert done.exit_code == 0, done.output
    lease = fleet.leases()[family.parent]
    assert lease["checkpoint"] == {"S": family.old[-1]}
    assert int(lease["leaseCounter"]["N"]) > time.time() - 60
    assert fleet.checkpoints()[family.left] == "TRIM_HORIZON"


def test_a_second_replay_finds_the_ended_parent_whose_lease_is_cleaned_up(
    fleet: StillFleet, family: Family
) -> None:
    """Its children have no checkpoint yet: a first replay has set them back to their beginnings."""
    first = replay(fleet, "--from", "6m ago", "--yes", "--json")
    fleet.tables.delete_item(TableName=fleet.application, Key={"leaseKey": {"S": family.parent}})
    second = replay(fleet, "--from", "15m ago", "--yes", "--json")
    steps = {step["shardId"]: step for step in json.loads(second.stdout)["steps"]}

    assert json.loads(first.stdout)["again"] == 16
    assert fleet.checkpoints() == {
        family.parent: family.old[-1],
        family.left: "TRIM_HORIZON",
        family.right: "TRIM_HORIZON",
    }
    assert (steps[family.parent]["again"], json.loads(second.stdout)["stays"]) == (4, {})


@pytest.mark.parametrize("start", ["latest", "300000000000099999999"])
def test_a_busy_shard_is_not_read_for_ever(fleet: StillFleet, start: str) -> None:
    """Reading ends at the first change made after the command began; nothing later is skipped."""
    (shard_id,) = fleet.stream.open_shards()
    (first, *_, last) = fleet.change(*"abc", minutes_ago=1)
    fleet.lease(shard_id, first)
    counts = itertools.count()

    def write_more(request: Request) -> None:
        if request.operation == "GetRecords":
            fleet.change(f"busy-{next(counts)}", minutes_ago=-1)

    fleet.endpoint.fault = write_more
    done = replay(fleet, "--from", start, "--yes")

    assert next(counts) < 5
    if start == "latest":
        assert fleet.checkpoints() == {shard_id: last}
    else:
        assert (done.exit_code, fleet.checkpoints()) == (2, {shard_id: first})


@pytest.mark.parametrize("read", [(LeaseTable, "leases"), (Stream, "describe")])
def test_a_shard_that_ends_between_two_reads_is_not_another_streams(
    fleet: StillFleet, family: Family, monkeypatch: pytest.MonkeyPatch, read: tuple[type, str]
) -> None:
    """Its child has a lease at once. Leases are read first, so the stream then has the child."""
    children: list[str] = []
    original = getattr(*read)

    def roll_first(self: object) -> object:
        if not children:
            children.append(fleet.stream.roll(family.left))
            fleet.lease(children[0], "TRIM_HORIZON", family.left)
        return original(self)

    monkeypatch.setattr(*read, roll_first)
    done = replay(fleet, "--from", "15m ago", "--dry-run")

    assert done.exit_code == 0, done.output
    assert children


@pytest.mark.usefixtures("family")
def test_the_plan_is_shown_and_nothing_is_written_unless_wanted(fleet: StillFleet) -> None:
    """A dry run, a no, and no answer at all."""
    before = fleet.leases()
    dry = replay(fleet, "--from", "15m ago", "--dry-run")
    refused = replay(fleet, "--from", "15m ago", answer="n\n")
    silent = replay(fleet, "--from", "15m ago")

    assert (dry.exit_code, refused.exit_code, silent.exit_code) == (0, 1, 1)
    assert "Comes again: 20 records of 3 shards" in " ".join(dry.stdout.split())
    assert "Nothing was changed." in refused.stderr
    assert fleet.leases() == before
    assert fleet.history() == {}
    assert replay(fleet, "--from", "15m ago", answer="y\n").exit_code == 0
    assert fleet.leases() != before


class Interrupted(io.BytesIO):
    """An answer for which somebody presses Ctrl-C."""

    def read1(self, _size: int | None = -1) -> bytes:
        """Nothing comes any more."""
        raise KeyboardInterrupt


@pytest.mark.usefixtures("family")
def test_a_question_that_is_interrupted_ends_with_130(fleet: StillFleet) -> None:
    """And nothing is written."""
    before = fleet.leases()
    done = replay(fleet, "--from", "15m ago", answer=Interrupted())

    assert done.exit_code == 130
    assert (fleet.leases(), fleet.history()) == (before, {})


@pytest.mark.usefixtures("family")
def test_nothing_is_cut_on_a_narrow_terminal(fleet: StillFleet) -> None:
    """Shards, checkpoints and callers are copied from there."""
    done = replay(fleet, "--from", "15m ago", "--yes", COLUMNS="80")
    shown = replay(fleet, "--history", COLUMNS="80")

    assert "…" not in done.stdout
    assert "…" not in shown.stdout


def test_a_replay_is_kept_and_logged_with_who_and_when(fleet: StillFleet, family: Family) -> None:
    """Every checkpoint that was there before is kept, too."""
    first = replay(fleet, "--from", "15m ago", "--yes")
    replay(fleet, "--from", "trim-horizon", "--shard", family.parent, "--yes")
    shown = replay(fleet, "--history")
    replay_record, *_ = [
        json.loads(line) for line in replay(fleet, "--history", "--json").stdout.split("\n")[:-1]
    ]
    logged = json.loads(first.stderr.splitlines()[-1])

    assert logged["event"] == "replayed"
    assert {logged["who"], replay_record["who"]} == {"arn:aws:sts::123456789012:user/moto"}
    assert (logged["knownFrom"], logged["shards"], logged["again"]) == ("sts", 3, 20)
    assert replay_record["at"] == logged["at"] <= datetime.now(UTC).isoformat()
    assert next(step["checkpoint"] for step in replay_record["steps"]) == "SHARD_END"
    assert set(fleet.history()) == {"Replay-000001", "Replay-000002"}
    assert "2 replays" in shown.stdout


def test_nothing_to_be_replayed_is_no_mistake(fleet: StillFleet, family: Family) -> None:
    """Nothing was changed since, and nothing is written."""
    done = replay(fleet, "--from", "1m ago", "--yes")

    assert (done.exit_code, fleet.history()) == (0, {})
    assert done.stdout.startswith("Nothing comes again from 2")
    assert family.parent in fleet.checkpoints()


def test_a_fifo_topic_is_warned_of(fleet: StillFleet, family: Family) -> None:
    """It drops what it has had within five minutes."""
    topic = "arn:aws:sns:eu-west-1:123456789012:changes.fifo"
    args = ("--from", family.late[0], "--dry-run")
    shown = replay(fleet, *args, PUBLISHER_TOPIC_ARN=topic)
    found = json.loads(replay(fleet, *args, "--json", PUBLISHER_TOPIC_ARN=topic).stdout)

    assert "Warning: a FIFO topic drops" in shown.stderr
    assert len(found["warnings"]) == 1
    assert found["steps"][0]["to"] == family.old[-1]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--from", "noon"), "--from 'noon' is none of trim-horizon"),
        (("--from", "2026-11-23T02:00"), "--from '2026-11-23T02:00' has no zone"),
        (("--from", "2999-01-01T00:00Z"), "lies in the future"),
        (("--from", "2h ago"), "the stream was enabled at 20"),
        (
            ("--from", "trim-horizon", "--shard", "shardId-7"),
            "--shard shardId-7: the stream has no",
        ),
        (("--from", "300000000000099999999"), "none of these shards has this record"),
    ],
)
def test_what_can_not_be_done_is_refused_in_one_line(
    fleet: StillFleet, family: Family, arguments: tuple[str, ...], line: str
) -> None:
    """Status 2, and nothing is changed."""
    before = fleet.leases()
    done = replay(fleet, *arguments, "--yes")

    assert (done.exit_code, done.stdout) == (2, "")
    assert line in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (fleet.leases(), fleet.history()) == (before, {})
    assert family.parent in before


def test_options_that_contradict_are_refused(fleet: StillFleet) -> None:
    """A question can't be asked in JSON; history has no beginning."""
    for arguments in ((), ("--history", "--from", "1m ago"), ("--from", "1m ago", "--json")):
        assert replay(fleet, *arguments).exit_code == 2


def test_leases_of_a_stream_that_was_enabled_anew_are_refused(fleet: StillFleet) -> None:
    """They would be set to places that are not theirs."""
    fleet.lease(f"shardId-{int(time.time() * 1_000):020}-0a1b2c3d", "5")
    done = replay(fleet, "--from", "trim-horizon", "--yes")

    assert done.exit_code == 2
    assert "has leases of another stream" in done.stderr
