"""Runs the image against ministack and moto's server, and looks at everything it promises."""

import contextlib
import json
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

import click

from consumer.demo.table import TABLE
from consumer.sandbox.backends import Sandbox
from consumer.sandbox.server import SandboxError, free_port
from tests.chain.world import World, new_world
from tests.container.engines import Container, EngineError, find_engine

_BATCH = 10
_UNWANTED_PROGRAMS = ("cc", "gcc", "javac", "jlink", "mvn", "pip", "pip3")
_LOOK = """
import amazon_kclpy, json, os, pathlib, shutil
print(json.dumps({
    "user": os.getuid(),
    "read_only": bool(os.statvfs("/").f_flag & os.ST_RDONLY),
    "unwanted": [name for name in %s if shutil.which(name)]
    + [str(jar) for jar in pathlib.Path(amazon_kclpy.__file__).parent.rglob("*.jar")],
}))
"""


@dataclass(frozen=True)
class Report:
    """What was seen.

    Attributes:
        image: The image's name.
        engine: What ran it.
        size_mb: The image's size, in millions of bytes.
        user: The number of the user that it runs as.
        read_only: Whether its root can't be written to.
        unwanted: What the image should not have in it.
        seconds_to_first_message: From the container's start to the first message.
        written: Changes made.
        delivered: Changes that arrived as they were made.
        lost: Changes that did not.
        published_at_stop: Those of a partial batch, which the stop alone published.
        health: What `stream-publisher health` said in the container.
        stop_status: The exit status after SIGTERM.
        stop_seconds: How long that took.
        other_log_lines: Log lines that are not JSON.
    """

    image: str
    engine: str
    size_mb: int
    user: int
    read_only: bool
    unwanted: list[str]
    seconds_to_first_message: float | None
    written: int
    delivered: int
    lost: int
    published_at_stop: int
    health: str
    stop_status: int
    stop_seconds: float
    other_log_lines: list[str]

    def faults(self) -> list[str]:
        """What is not as promised."""
        promises = {
            "runs as root": self.user != 0,
            "its root can be written to": self.read_only,
            f"has {self.unwanted} in it": not self.unwanted,
            f"lost {self.lost} changes": self.lost == 0,
            "published nothing while stopping": self.published_at_stop > 0,
            f"is {self.health}": self.health == "healthy",
            f"ended with status {self.stop_status} after SIGTERM": self.stop_status == 0,
            f"wrote lines that are not JSON: {self.other_log_lines}": not self.other_log_lines,
        }
        return [fault for fault, kept in promises.items() if not kept]


def _with_rest(_context: click.Context, _parameter: click.Parameter, changes: int) -> int:
    if changes % _BATCH == 0:
        raise click.BadParameter(
            f"{changes} is a multiple of {_BATCH}: no batch would stay partial"
        )
    return changes


@click.command()
@click.option("--image", default="stream-publisher", show_default=True, help="The image's name.")
@click.option("--engine", help="docker, podman or buildah; the first that has the image.")
@click.option(
    "--changes",
    type=click.IntRange(1),
    callback=_with_rest,
    default=205,
    show_default=True,
    help="How many changes to make; no multiple of ten, so that a batch stays partial.",
)
def main(image: str, engine: str | None, changes: int) -> None:
    """Check the container image.

    Starts ministack and moto's server, and the container with them: as its own user, with a
    read-only root and this host's network. Changes a table, compares what arrives at the topic,
    asks for its health, looks at what is inside, and stops it with SIGTERM while a batch is
    partial. The last line of stdout tells the figures as JSON; the exit status is 1 when something
    is not as promised. Nothing is left behind.
    """
    signal.signal(signal.SIGTERM, _end)
    try:
        report = check(image, engine, changes)
    except (EngineError, SandboxError, CheckError) as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    for fault in report.faults():
        click.echo(f"FAILED: the container {fault}", err=True)
    click.echo(json.dumps(asdict(report)))
    sys.exit(1 if report.faults() else 0)


class CheckError(Exception):
    """The container ended, or hangs; says what it wrote last."""


def check(image: str, engine: str | None, changes: int) -> Report:
    """Run the container once and report what was seen."""
    kind, size = find_engine(image, engine)
    _say(f"{image}: {round(size / 1_000_000)} MB, run by {kind.engine}")
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="container-check-")))
        sandbox = stack.enter_context(Sandbox())
        world = stack.enter_context(new_world(sandbox, folder))
        started = time.time()
        container = stack.enter_context(kind(image, folder, _settings(sandbox, world)))
        held = _deliver(world, container, changes)
        look = json.loads(_asked(container, "python3", "-c", _LOOK % (_UNWANTED_PROGRAMS,)))
        health = _health(container)
        stop_status, stop_seconds = _stop(container)
        while world.receive():
            pass
        compared, first = world.tally.comparison(), world.tally.first_message_at
        return Report(
            image=image,
            engine=kind.engine,
            size_mb=round(size / 1_000_000),
            **look,
            seconds_to_first_message=None if first is None else round(first - started, 1),
            written=changes,
            delivered=compared.delivered,
            lost=compared.lost,
            published_at_stop=held - compared.lost,
            health=health,
            stop_status=stop_status,
            stop_seconds=stop_seconds,
            other_log_lines=[line for line in container.log_lines() if not _is_json(line)],
        )


def _settings(sandbox: Sandbox, world: World) -> Mapping[str, str]:
    return sandbox.settings() | {
        "PUBLISHER_TABLE": TABLE,
        "PUBLISHER_TOPIC_ARN": world.topic_arn,
        "PUBLISHER_HEALTH_PORT": str(free_port()),
        # So long that only the stop publishes the last, partial batch.
        "PUBLISHER_BATCH_MAX_WAIT_MILLIS": "600000",
        "KCL_APPLICATION_NAME": world.application,
    }


def _deliver(world: World, container: Container, changes: int) -> int:
    """Make the changes and receive all whole batches; return how many changes are still held."""
    world.write(changes)
    _say(f"wrote {changes} changes")

    def missing() -> int:
        return world.tally.comparison().lost

    world.receive_until(lambda: missing() < _BATCH or container.process.status is not None)
    if missing() >= _BATCH:
        status = container.process.status
        what = "goes on, but delivers nothing" if status is None else f"ended with status {status}"
        raise CheckError("\n".join([f"the container {what}:", *container.log_lines()[-20:]]))
    _say(f"{changes - missing()} of them arrived, {missing()} are held back in a partial batch")
    return missing()


def _health(container: Container) -> str:
    answer = container.inside("stream-publisher", "health")
    _say(f"stream-publisher health: status {answer.returncode}, {answer.stdout.strip()}")
    return "healthy" if answer.returncode == 0 else f"unhealthy: {answer.stdout}{answer.stderr}"


def _stop(container: Container) -> tuple[int, float]:
    started = time.monotonic()
    status = container.stop()
    seconds = round(time.monotonic() - started, 1)
    _say(f"SIGTERM ended it with status {status} after {seconds} s")
    return status, seconds


def _asked(container: Container, *command: str) -> str:
    answer = container.inside(*command)
    if answer.returncode:
        raise CheckError(f"{command[0]} in the container: {answer.stderr}")
    return answer.stdout


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _say(what: str) -> None:
    click.echo(what, err=True)


def _end(_number: int, _frame: FrameType | None) -> None:
    """End as Ctrl-C does, so that everything is cleaned up."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    main(prog_name="scripts/container-check")
