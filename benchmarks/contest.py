"""Our daemon and what a user would otherwise run, each with a stream and an SNS of its own."""

import contextlib
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from benchmarks.helper import Helper
from consumer.demo.daemon import Daemon
from consumer.sandbox.backends import REGION, Sandbox
from consumer.sandbox.process import ManagedProcess
from consumer.worker.launch import find_java
from tests.places import DAEMON_JARS, ROOT

READY_SECONDS = 150.0
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"


@dataclass(frozen=True)
class Course:
    """What a side is started with.

    Attributes:
        table: The table's name.
        topic_arn: The topic.
        stream_arn: The stream.
        environ: The environment that leads to all of them.
        folder: Where the side's log goes.
    """

    table: str
    topic_arn: str
    stream_arn: str
    environ: Mapping[str, str]
    folder: Path


def lay_course(  # noqa: PLR0913 - a course has many parts
    name: str,
    sandbox: Sandbox,
    streams: Helper,
    sns_url: str,
    shards: int = 1,
    *,
    attributes: int = 0,
) -> Course:
    """Make a stream for a side, and a place for its log."""
    folder = sandbox.folder / name
    folder.mkdir()
    stream = streams.ask("open", table=name, shards=shards, attributes=attributes)
    topic_arn = f"arn:aws:sns:{REGION}:000000000000:{name}"
    environ = sandbox.environment() | {
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": stream["url"],
        "AWS_ENDPOINT_URL_SNS": sns_url,
        "BENCH_STREAM_ARN": stream["arn"],
        "BENCH_TABLE": name,
        "BENCH_TOPIC_ARN": topic_arn,
    }
    return Course(name, topic_arn, stream["arn"], environ, folder)


def start_ours(course: Course, extra: Mapping[str, str] | None = None) -> ManagedProcess:
    """Start our daemon at its defaults."""
    settings = {
        "PUBLISHER_TABLE": course.table,
        "PUBLISHER_STREAM_ARN": course.stream_arn,
        "PUBLISHER_TOPIC_ARN": course.topic_arn,
        "KCL_APPLICATION_NAME": f"{course.table}-{uuid.uuid4().hex[:8]}",
    }
    return Daemon({**course.environ, **settings, **(extra or {})}, course.folder).process


def start_sample(course: Course) -> ManagedProcess:
    """Start the same daemon with the sample's record processor."""
    command = f"{sys.executable} -m benchmarks.sides.sample"
    return start_ours(course, {"KCL_EXECUTABLE_NAME": command})


def start_java(course: Course) -> ManagedProcess:
    """Build and start the Java consumer, on the daemon's class path and with Java's own options."""
    jars, classes = f"{DAEMON_JARS}/*", course.folder / "classes"
    _fetch_sns(classes)
    class_path = os.pathsep.join([jars, f"{classes}/*", str(classes)])
    source = ROOT / "benchmarks" / "java" / "Consumer.java"
    subprocess.run(["javac", "-d", classes, "-cp", class_path, source], check=True)  # noqa: S607
    logback = "-Dlogback.configurationFile=streams-daemon-logback.xml"
    arguments = [course.stream_arn, course.table, course.topic_arn, course.table]
    command = [find_java() or "java", logback, "-cp", class_path, "Consumer", *arguments]
    return ManagedProcess(command, course.folder / "java.log", course.environ)


def _fetch_sns(folder: Path) -> None:
    """Put the SDK's client of SNS, which the daemon doesn't need, beside the consumer's classes."""
    (sdk,) = DAEMON_JARS.glob("sdk-core-*.jar")
    artifact = f"software.amazon.awssdk:sns:{sdk.stem.removeprefix('sdk-core-')}"
    options = [f"-Dartifact={artifact}", f"-DoutputDirectory={folder}"]
    command = ["mvn", "--quiet", "--batch-mode", _COPY, *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def start_loop(course: Course) -> ManagedProcess:
    """Start the boto3 loop."""
    command = [sys.executable, "-m", "benchmarks.sides.loop"]
    return ManagedProcess(command, course.folder / "loop.log", course.environ)


Starts = Mapping[str, Callable[[Course], ManagedProcess]]
"""What starts each side, by its name."""

STARTS: Starts = {
    "ours": start_ours,
    "sample": start_sample,
    "java": start_java,
    "loop": start_loop,
}
"""Each side by its name; `ours` comes first."""


class Side:
    """One that publishes.

    Args:
        name: Which.
        process: What was started.
    """

    def __init__(self, name: str, process: ManagedProcess) -> None:
        self.name, self._process = name, process

    def wait_until_ready(self) -> None:
        """Return once it reads its shard."""
        deadline = time.monotonic() + READY_SECONDS
        while b"processor_started" not in self._process.log.read_bytes():
            if self._process.status is not None or time.monotonic() > deadline:
                raise click.ClickException(f"{self.name} is not ready:\n{self._process.tail()}")
            time.sleep(0.1)

    def tail(self) -> str:
        """The end of its log."""
        return self._process.tail()

    def end(self) -> None:
        """End it at once."""
        self._process.kill()


@contextlib.contextmanager
def contest(
    sandbox: Sandbox, streams: Helper, sns_url: str, starts: Starts = STARTS
) -> Iterator[Sequence[Side]]:
    """Start every side; yield them when all are ready."""
    with contextlib.ExitStack() as stack:
        sides = []
        for name, start in starts.items():
            side = Side(name, start(lay_course(name, sandbox, streams, sns_url)))
            stack.callback(side.end)
            sides.append(side)
        for side in sides:
            side.wait_until_ready()
        yield sides
