"""One whole run on real parts: written, delivered, stopped, and looked at from every side."""

import fnmatch
import json
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from consumer.demo.table import TABLE
from consumer.sandbox.backends import Sandbox
from consumer.sandbox.proxy import Proxy
from consumer.sandbox.waits import PATIENCE_SECONDS
from tests.builders import SUBJECT
from tests.chain.calls import Calls
from tests.chain.world import World, new_world
from tests.emf import check, metric_lines, names_of, total
from tests.places import ROOT
from tests.project.policies import allowed

# One run is looked at by every test here: they stay in one process.
pytestmark = [pytest.mark.server, pytest.mark.xdist_group("delivery")]

CHANGES = 37


@dataclass(frozen=True)
class Run:
    """A run that is over."""

    world: World
    status: int
    lines: list[str]
    calls: Calls

    def events(self, name: str) -> list[Mapping[str, Any]]:
        """The log lines of one event."""
        parsed = [json.loads(line) for line in self.lines]
        return [line for line in parsed if line["event"] == name]


@pytest.fixture(scope="module")
def run(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Inserts, updates and deletes, delivered by a daemon that was then asked to stop."""
    calls = Calls()
    with (
        new_world(sandbox, tmp_path_factory.mktemp("delivery")) as world,
        Proxy(sandbox.tables.url, calls.note) as tables,
        Proxy(sandbox.topics.url, calls.note) as topics,
    ):
        world.write(CHANGES)
        daemon = world.start_daemon(
            {
                "PUBLISHER_METRICS_INTERVAL_MILLIS": "1000",
                "AWS_ENDPOINT_URL_DYNAMODB": tables.url,
                "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": tables.url,
                "AWS_ENDPOINT_URL_SNS": topics.url,
            }
        )
        world.receive_everything()
        daemon.process.signal(signal.SIGTERM)
        status = daemon.process.wait(PATIENCE_SECONDS)
        yield Run(world, status, daemon.process.log.read_text().splitlines(), calls)


def test_every_change_arrives_once_as_it_was_written(run: Run) -> None:
    """Nothing lost, changed, repeated or out of order."""
    compared = run.world.tally.comparison()

    assert (compared.delivered, compared.lost, compared.foreign) == (CHANGES, 0, 0)
    assert (compared.duplicates, compared.out_of_order) == (0, 0)


def test_changes_come_in_batches_of_ten_and_the_rest_by_time(run: Run) -> None:
    """The last seven don't wait for three more."""
    assert [len(received.entries) for received in run.world.tally.received] == [10, 10, 10, 7]


def test_messages_carry_subject_and_attributes(run: Run) -> None:
    """A subscriber sees the Subject as it is and where the batch came from."""
    first = run.world.tally.received[0]

    assert first.subject == SUBJECT
    assert first.attributes["table"] == "orders"
    assert first.attributes["recordCount"] == 10
    assert first.attributes["eventNames"] == ["INSERT", "MODIFY", "REMOVE"]
    assert str(first.attributes["shardId"]).startswith("shardId-")
    first_number, last_number = (
        int(str(first.attributes[name])) for name in ("firstSequenceNumber", "lastSequenceNumber")
    )
    assert last_number > first_number


def test_a_stop_ends_with_status_0_and_gives_the_lease_back(run: Run) -> None:
    """SIGTERM leaves a lease that any worker may take at once, at the last batch's end."""
    (lease,) = run.world.leases()

    assert run.status == 0
    assert "leaseOwner" not in lease
    assert lease["checkpoint"]["S"] == run.events("batch_published")[-1]["lastSequenceNumber"]


def test_every_line_on_stderr_is_json_and_comes_once(run: Run) -> None:
    """Daemon and record processor share one form, and no line is stored twice."""
    keys = {"timestamp", "level", "event", "message", "logger"}

    assert all(keys <= json.loads(line).keys() for line in run.lines)
    assert [line for line, count in Counter(run.lines).items() if count > 1] == []
    published = [line["lastSequenceNumber"] for line in run.events("batch_published")]
    assert len(published) == len(set(published)) == 4


def test_the_log_tells_of_each_batch(run: Run) -> None:
    """A publish is logged with what an operator asks about."""
    received = run.world.tally.received[0]
    line = run.events("batch_published")[0]

    assert line["records"] == 10
    assert line["messageId"] == received.message_id
    assert line["firstSequenceNumber"] == received.attributes["firstSequenceNumber"]
    assert line["lastSequenceNumber"] == received.attributes["lastSequenceNumber"]
    assert line["shardId"] == received.attributes["shardId"]
    assert {"bytes", "attempts", "publishMillis", "millisBehindLatest", "workerId"} <= line.keys()


def test_the_metrics_in_the_log_add_up_to_what_was_written(run: Run) -> None:
    """Each line is one that CloudWatch takes metrics out of, and no record is counted twice."""
    lines = metric_lines(run.lines)
    for line in lines:
        check(line)
        assert line["ApplicationName"] == run.world.application
        assert line["TableName"] == TABLE

    assert total(lines, "RecordsPublished") == CHANGES
    assert total(lines, "MessagesPublished") == len(run.world.tally.received)
    assert total(lines, "BytesPublished") == sum(
        line["bytes"] for line in run.events("batch_published")
    )
    assert total(lines, "ShardHeartbeats") >= 2
    assert total(lines, "Workers") >= 1
    assert {"OldestUnpublishedAge", "CheckpointTime"} <= set().union(*map(names_of, lines))


def test_no_image_is_in_the_log(run: Run) -> None:
    """Items are the customer's; the log has none of them."""
    assert not [line for line in run.lines if "alteração" in line or "order-0" in line]


# Made only where leases end: after a shard's end.
RARE = {"dynamodb:DeleteItem"}
# Made only with a lease table of KCL 2.
RARE_AT_THE_FIRST_START = {"dynamodb:UpdateTable"}


def test_the_policies_allow_what_a_first_run_does_and_little_else(run: Run) -> None:
    """Each call of this run, with its names, and no unused action: those of the bootstrap apart."""
    every_day, first = granted("policy", run.world), granted("policy-bootstrap", run.world)
    made = {
        (action, resource.replace("table/TABLE", f"table/{TABLE}"))
        for action, resource in run.calls.made
    }

    assert {call for call in made if not is_allowed(call, every_day + first)} == set()
    assert actions(every_day) - {action for action, _ in made} <= RARE
    assert actions(first) - {action for action, _ in made} <= RARE_AT_THE_FIRST_START
    assert not actions(every_day) & actions(first)


def granted(policy: str, world: World) -> list[tuple[str, str]]:
    """What a policy file grants, with a run's names, in the words of the calls that are noted."""
    text = (ROOT / "deploy" / f"{policy}.json").read_text().replace(":PARTITION:", ":aws:")
    for word, name in (("APPLICATION", world.application), ("table/TABLE", f"table/{TABLE}")):
        text = text.replace(word, name)
    return sorted(allowed(json.loads(text)))


def actions(rights: list[tuple[str, str]]) -> set[str]:
    """Actions without their resources."""
    return {action for action, _ in rights}


def is_allowed(call: tuple[str, str], rights: list[tuple[str, str]]) -> bool:
    """Whether a statement covers a call."""
    return any(
        call[0] == action and fnmatch.fnmatchcase(call[1], resource) for action, resource in rights
    )
