"""What shards cost: memory of the Java machine and of the record processors, and a child's start.

PSS, from /proc/PID/smaps_rollup: memory that several processes share is split among them. Each
record processor has published before it is measured.
"""

import json
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click
import psutil

from benchmarks.contest import Course, lay_course, start_ours
from benchmarks.figures import at_most, spread
from benchmarks.helper import Helper
from consumer.sandbox.backends import Sandbox
from consumer.sandbox.process import ManagedProcess
from consumer.settings.resolve import resolve
from consumer.terminal.plurals import counted
from consumer.worker.forks import with_fork_server
from consumer.worker.launch import plan_launch

SHARDS = (1, 8, 32)
CHILD_STARTS = 9
MOST_PER_SHARD, MOST_JVM, MOST_CHILD_SECONDS = 20, 400, 0.15
_RECORDS_PER_SHARD = 500
_PATIENCE_SECONDS = 150.0
_INITIALIZE = (
    b'{"action":"initialize","shardId":"shard","sequenceNumber":"0","subSequenceNumber":0}\n'
)


def measure(say: Callable[[str], None]) -> dict[str, Any]:
    """Return mebibytes and seconds; say from time to time what is being done."""
    with (
        Sandbox() as sandbox,
        Helper("streams", sandbox.folder) as streams,
        Helper("topic", sandbox.folder) as topic,
    ):
        url = topic.ask("place")
        say("starting record processors alone")
        child = _child_starts(lay_course("alone", sandbox, streams, url))
        found = {}
        for shards in SHARDS:
            say(f"{shards} shards")
            course = lay_course(f"shards-{shards}", sandbox, streams, url, shards)
            found[shards] = _weighed(course, streams, topic, shards)
    return figures(found, child)


def _child_starts(course: Course) -> list[float]:
    settings = {
        "publisher.table": course.table,
        "publisher.topicArn": course.topic_arn,
        "applicationName": course.table,
    }
    plan = plan_launch(resolve(settings, {}), course.stream_arn, "worker", course.environ)
    # The fork server ends with this process.
    launch = with_fork_server(plan)
    command = launch.properties["executableName"].split()
    _seconds_until_ready(command, launch.environ)  # waits for the fork server to be warm
    return [_seconds_until_ready(command, launch.environ) for _ in range(CHILD_STARTS)]


def _seconds_until_ready(command: list[str], environ: Mapping[str, str]) -> float:
    """Return how long a record processor takes from its start to its answer to the daemon."""
    started = time.monotonic()
    with subprocess.Popen(
        command,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        assert child.stdin  # noqa: S101 - for the type checker
        assert child.stdout  # noqa: S101 - the same
        child.stdin.write(_INITIALIZE)
        child.stdin.flush()
        answer = next(line for line in child.stdout if line.strip())
        seconds = time.monotonic() - started
        child.stdin.close()
    if json.loads(answer).get("action") != "status":
        raise click.ClickException(f"a record processor answered {answer!r}")
    return seconds


def _weighed(
    course: Course, streams: Helper, topic: Helper, shards: int
) -> tuple[float, list[float]]:
    worker = start_ours(course)
    try:
        topic.ask("begin", millis=0)
        count = shards * _RECORDS_PER_SHARD
        streams.ask("write", table=course.table, count=count)
        done = topic.ask("wait_for", records=count, seconds=_PATIENCE_SECONDS)
        if done["records"] < count:
            raise click.ClickException(f"{done} of {count}:\n{worker.tail()}")
        return pss(worker.pid), _processors(worker)
    finally:
        worker.kill()


def _processors(worker: ManagedProcess) -> list[float]:
    return [pss(child.pid) for child in psutil.Process(worker.pid).children(recursive=True)]


def pss(pid: int) -> float:
    """Return a process's share of memory in mebibytes."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise click.ClickException(f"/proc/{pid}/smaps_rollup has no Pss; a Linux of 4.14 on is needed")


def figures(found: dict[int, tuple[float, list[float]]], child: list[float]) -> dict[str, Any]:
    """Return the figures and the verdict.

    Args:
        found: By number of shards, mebibytes of the Java machine and of all its children.
        child: Seconds until a record processor is ready.
    """
    few, many = min(found), max(found)
    totals = {shards: jvm + sum(children) for shards, (jvm, children) in found.items()}
    children = {shards: sum(of_one) for shards, (_, of_one) in found.items()}
    per_shard = round((children[many] - children[few]) / (many - few), 1)
    ready = spread(child, 3)
    told: dict[str, Any] = {
        f"Java machine, {counted(shards, 'shard')} (MiB)": round(jvm)
        for shards, (jvm, _) in found.items()
    }
    told |= {
        f"all of a worker, {counted(shards, 'shard')} (MiB)": round(totals[shards])
        for shards in found
    }
    told |= {
        "the only record processor (MiB)": round(children[few], 1),
        "a further record processor (MiB)": per_shard,
        "a record processor, from start to ready (seconds)": ready,
    }
    return {
        "figures": told,
        "verdict": {
            "a further record processor (MiB)": at_most(per_shard, MOST_PER_SHARD),
            f"Java machine, {many} shards (MiB)": at_most(round(found[many][0]), MOST_JVM),
            "a record processor ready (seconds)": at_most(ready["median"], MOST_CHILD_SECONDS),
        },
    }
