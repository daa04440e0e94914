"""Commands: help that teaches, and one line about what can't be used."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from click.testing import CliRunner
from moto import mock_aws

from consumer.cli import main
from tests.places import ROOT

TOPIC = "arn:aws:sns:eu-west-1:123456789012:changes"


@pytest.mark.parametrize("command", [[], ["run"], ["listen"], ["demo"], ["health"]])
def test_help_teaches(command: list[str]) -> None:
    """What it does, its options, and an example or an exit status."""
    shown = CliRunner().invoke(main, [*command, "--help"])

    assert shown.exit_code == 0
    assert "Usage:" in shown.output
    assert "stream-publisher" in shown.output or "exit status" in shown.output


def run(*arguments: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`stream-publisher run` in a process of its own, with no settings but these."""
    command = [sys.executable, "-m", "consumer", "run", *arguments]
    return subprocess.run(
        command, env={**(environ or {})}, capture_output=True, text=True, check=False
    )


def test_run_names_every_mistake_and_starts_nothing(tmp_path: Path) -> None:
    """A JSON line each on stderr, status 2, no trace."""
    file = tmp_path / "a.properties"
    file.write_text("publisher.tabel = orders\nmaxRecords = many\n")
    done = run("--properties", str(file))
    lines = [json.loads(line) for line in done.stderr.splitlines()]

    assert (done.returncode, done.stdout) == (2, "")
    assert {line["event"] for line in lines} == {"configuration_refused"}
    assert [line["message"].split(":")[0] for line in lines] == [
        "publisher.tabel",
        "publisher.topicArn",
        "applicationName",
        "maxRecords = 'many'",
        "publisher.table",
    ]


def test_run_tells_a_person_in_readable_lines() -> None:
    """With --log-format human or its variable."""
    by_option = run("--log-format", "human")
    by_variable = run(environ={"PUBLISHER_LOG_FORMAT": "human"})

    for done in (by_option, by_variable):
        assert done.returncode == 2
        assert "ERROR publisher.topicArn: is missing" in done.stderr


def test_run_tells_a_person_who_says_so_in_the_file(tmp_path: Path) -> None:
    """With a value from the environment, too; whatever else is wrong."""
    file = tmp_path / "a.properties"
    for form in ("human", "${FORM:-human}"):
        file.write_text(f"publisher.logFormat = {form}\nmaxRecords = many\n")
        done = run("--properties", str(file))

        assert done.returncode == 2
        assert "ERROR publisher.topicArn: is missing" in done.stderr


def test_run_refuses_a_file_that_cant_be_read(tmp_path: Path) -> None:
    """One line that names it."""
    done = run("--properties", str(tmp_path / "missing"))

    assert done.returncode == 2
    assert "missing: can't be read" in json.loads(done.stderr)["message"]


@pytest.fixture
def aws() -> Iterator[None]:
    """AWS in memory."""
    with mock_aws():
        yield


@pytest.mark.usefixtures("aws")
def test_listen_refuses_a_topic_that_is_not_there() -> None:
    """One line on stderr, status 2."""
    done = CliRunner().invoke(main, ["listen", TOPIC])

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"topic {TOPIC}: doesn't exist" in done.stderr


def test_listen_refuses_what_is_no_topic() -> None:
    """Before anything is asked of AWS."""
    done = CliRunner().invoke(main, ["listen", "changes"])

    assert done.exit_code == 2
    assert "'changes' is not a topic's ARN" in done.stderr


@pytest.mark.usefixtures("aws")
def test_listen_ends_when_nothing_comes() -> None:
    """And leaves no queue behind."""
    boto3.client("sns", region_name="eu-west-1").create_topic(Name="changes")
    done = CliRunner().invoke(main, ["listen", TOPIC, "--idle-seconds", "0"])

    assert done.exit_code == 0
    assert "QueueUrls" not in boto3.client("sqs", region_name="eu-west-1").list_queues()


def test_commands_of_a_worker_need_nothing_of_the_sandbox() -> None:
    """An installation without moto and psutil starts; only the demo says what it lacks."""
    without = "import sys; sys.modules |= dict.fromkeys(['moto', 'flask', 'psutil']); "
    program = f"{without}from consumer.cli import main; main()"
    version, demo = (
        subprocess.run(
            [sys.executable, "-c", program, argument], capture_output=True, text=True, check=False
        )
        for argument in ("--version", "demo")
    )

    assert version.returncode == 0, version.stderr
    assert demo.returncode == 2
    assert "[sandbox]" in demo.stderr


def test_health_without_a_daemon_says_so() -> None:
    """Status 1, as a health check wants it."""
    done = CliRunner().invoke(main, ["health", "--port", "9"])

    assert done.exit_code == 1
    assert "127.0.0.1:9: the daemon doesn't answer" in done.stderr
    assert "publisher.healthPort" in done.stderr


@pytest.mark.parametrize("environ", [{}, {"PUBLISHER_HEALTH_PORT": "0"}])
def test_health_without_a_port_names_the_setting(environ: dict[str, str]) -> None:
    """It is another's: the worker's. 0, its default, answers nowhere."""
    done = CliRunner().invoke(main, ["health"], env=environ)

    assert done.exit_code == 2
    assert "publisher.healthPort" in done.stderr
    assert "PUBLISHER_HEALTH_PORT" in done.stderr


@pytest.mark.parametrize("command", [[], ["dead-letters"]])
def test_no_summary_of_a_command_is_cut(command: list[str]) -> None:
    """On the narrowest of usual terminals."""
    shown = CliRunner().invoke(main, [*command, "--help"], env={"COLUMNS": "80"})

    assert "Commands:" in shown.stdout
    assert "..." not in shown.stdout.split("Commands:")[1]


@pytest.mark.parametrize("script", ["setup", "test", "image"])
def test_a_script_explains_itself(script: str) -> None:
    """And does nothing else."""
    done = subprocess.run(
        [ROOT / "scripts" / script, "--help"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert f"scripts/{script}" in done.stdout
