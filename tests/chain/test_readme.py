"""The README's commands, run as they stand: against ministack and moto's server."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from consumer.sandbox.backends import Sandbox
from tests.places import ROOT

pytestmark = pytest.mark.server

BLOCKS = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
# `.ci/run` runs these on a fresh clone.
RUN_BY_CI = {"scripts/demo\n", "scripts/test\n"}
STREAM_PUBLISHER = ".venv/bin/stream-publisher"
# What goes on until it is stopped is given an end.
ENDED = {
    "stream-publisher run": "--check-only",
    "stream-publisher listen": "--idle-seconds 0",
}


def quick_start() -> str:
    """The quick start as one script; a container's command gets the container's variables alone."""
    return "\n".join(as_run(block) for block in BLOCKS if block not in RUN_BY_CI)


def as_run(block: str) -> str:
    """A block as it can be run here."""
    lines = [as_run_here(line) for line in block.replace("\\\n", " ").splitlines()]
    return "\n".join(lines)


def as_run_here(command: str) -> str:
    """A command as it can be run here: no container is started, nothing runs for ever."""
    if command.startswith("docker run"):
        names = re.findall(r"--env (\S+)", command)
        return (
            f"env --unset AWS_DEFAULT_REGION {' '.join(names)} {STREAM_PUBLISHER} run --check-only"
        )
    if command.startswith("scripts/"):
        return f"test -x {command.split(maxsplit=1)[0]}"
    ends = [end for start, end in ENDED.items() if start in command]
    return " ".join([command, *ends])


def test_the_quick_start_works(sandbox: Sandbox, tmp_path: Path) -> None:
    """Table, topic and policy are made, the settings pass every check, and listening begins."""
    for name in (".venv", "deploy", "properties", "samples", "scripts"):
        (tmp_path / name).symlink_to(ROOT / name)
    environ = sandbox.environment() | {
        "AWS_ENDPOINT_URL": sandbox.topics.url,
        "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }
    script = quick_start()
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    sandbox.client("dynamodb").delete_table(TableName="orders")

    assert done.returncode == 0, done.stderr
    assert script.count("aws ") >= 4
    assert script.count("--check-only") == 2
    policy = (tmp_path / "policy.json").read_text()
    first = (tmp_path / "policy-bootstrap.json").read_text()
    assert "arn:aws:sns:eu-west-1:123456789012:order-changes" in policy
    assert "arn:aws:dynamodb:eu-west-1:123456789012:table/orders-publisher" in first
    words = "PARTITION|REGION|ACCOUNT|APPLICATION|TOPIC|table/TABLE"
    assert not re.search(words, policy + first)
