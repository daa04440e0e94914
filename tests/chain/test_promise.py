"""The promise on real parts: killed while SNS has not answered, nothing is lost."""

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

import consumer
from consumer.sandbox.waits import PATIENCE_SECONDS, wait_for
from tests.chain.gate import Gate
from tests.chain.world import World
from tests.mutations.mutations import named

pytestmark = pytest.mark.server


def checkpoint_first(folder: Path) -> Path:
    """A copy of the package that checkpoints before it publishes."""
    shutil.copytree(Path(consumer.__file__).parent, folder / "consumer")
    named("checkpoint before publish").apply(folder)
    return folder


def two_renewals(world: World) -> None:
    """Wait until the lease has been written twice: a checkpoint that is asked for comes sooner."""
    before = counter(world)
    wait_for(lambda: counter(world) >= before + 2)


def counter(world: World) -> int:
    """How often the only lease has been taken and renewed."""
    (lease,) = world.leases()
    return int(lease["leaseCounter"]["N"])


def a_checkpoint(world: World) -> None:
    """Wait until one is made in the only shard."""
    wait_for(lambda: str(world.leases()[0]["checkpoint"]["S"]).isdigit())


def lost_after_a_kill_during_a_publish(
    world: World, extra: dict[str, str], meanwhile: Callable[[World], None]
) -> int:
    """Kill the worker while its first publish is unanswered; restart; count what never came.

    Args:
        world: A table and a topic.
        extra: What the worker's environment has besides.
        meanwhile: Waits for what has to happen before the kill.
    """
    world.write(25)
    with Gate(world.sandbox.topics.url) as gate:
        led_there = {**extra, "AWS_ENDPOINT_URL_SNS": gate.url}
        gate.shut()
        daemon = world.start_daemon(led_there)
        assert gate.holding.wait(PATIENCE_SECONDS), world.logs()
        meanwhile(world)
        daemon.process.signal(signal.SIGKILL)
        daemon.process.kill()
        gate.open()
        world.start_daemon(led_there)
        assert world.receive_until(lambda: has_all_behind_it(world)), world.logs()
        while world.receive():
            pass
    return world.tally.comparison().lost


def has_all_behind_it(world: World) -> bool:
    """Whether the last change has arrived, and the checkpoint is made: nothing more is to come."""
    last = world.tally.written[-1].to_entry()
    (lease,) = world.leases()
    return any(
        last in message.entries
        and message.attributes["lastSequenceNumber"] == lease["checkpoint"]["S"]
        for message in world.tally.received
    )


def test_a_kill_before_sns_has_answered_loses_nothing(world: World) -> None:
    """No checkpoint is made for a batch that SNS has not taken, however long that takes."""
    assert lost_after_a_kill_during_a_publish(world, {}, two_renewals) == 0


def test_this_would_show_a_checkpoint_made_too_early(world: World, tmp_path: Path) -> None:
    """The same kill loses the first batch, if it is checkpointed before it is published.

    The second too where its checkpoint is made by then. The rest isn't a batch yet.
    """
    swapped = {"PYTHONPATH": str(checkpoint_first(tmp_path / "swapped"))}

    lost = lost_after_a_kill_during_a_publish(world, swapped, a_checkpoint)

    assert lost in (10, 20)
