"""One whole run on real parts: written, delivered, stopped, and looked at from every side."""

import json
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from consumer.sandbox.backends import Sandbox
from tests.chain.world import World, new_world

pytestmark = pytest.mark.server

CHANGES = 37


@dataclass(frozen=True)
class Run:
    """A run that is over."""

    world: World
    status: int
    lines: list[str]

    def events(self, name: str) -> list[Mapping[str, Any]]:
        """The log lines of one event."""
        parsed = [json.loads(line) for line in self.lines]
        return [line for line in parsed if line["event"] == name]


@pytest.fixture(scope="module")
def run(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Inserts, updates and deletes, delivered by a daemon that was then asked to stop."""
    with new_world(sandbox, tmp_path_factory.mktemp("delivery")) as world:
        world.write(CHANGES)
        daemon = world.start_daemon()
        world.receive_everything()
        daemon.process.signal(signal.SIGTERM)
        status = daemon.process.wait(60)
        yield Run(world, status, daemon.process.log.read_text().splitlines())


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

    assert first.subject == "Publicação DynamoDB Stream"
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


def test_no_image_is_in_the_log(run: Run) -> None:
    """Items are the customer's; the log has none of them."""
    assert not [line for line in run.lines if "alteração" in line or "order-0" in line]
