"""Ctrl-C ends a command with the shell's own status."""

import io
import os
import signal
import threading
from collections.abc import Iterator

import boto3
import pytest
from click.testing import CliRunner
from moto import mock_aws

from consumer.cli import main
from consumer.sandbox.waits import wait_for

REGION = "eu-west-1"


class Interrupted(io.BytesIO):
    """An input at which somebody presses Ctrl-C."""

    def read(self, size: int | None = -1) -> bytes:
        """Nothing comes any more; nothing is what click asks for to see whether it may read."""
        if size == 0:
            return b""
        raise KeyboardInterrupt


@pytest.mark.parametrize("command", [["simulate", "-"], ["simulate", "-", "--json"]])
def test_a_command_that_is_interrupted_ends_with_130(command: list[str]) -> None:
    """Not as after a failure, and in silence."""
    done = CliRunner().invoke(main, command, input=Interrupted())

    assert done.exit_code == 130
    assert done.output.strip() == ""


@pytest.mark.usefixtures("aws")
def test_listening_ends_well_and_leaves_nothing_behind() -> None:
    """It ends no other way; queue and subscription are gone."""
    sns = boto3.client("sns", region_name=REGION)
    sqs = boto3.client("sqs", region_name=REGION)
    topic_arn = sns.create_topic(Name="changes")["TopicArn"]

    def press_once_it_listens() -> None:
        wait_for(lambda: bool(sns.list_subscriptions()["Subscriptions"]))
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press_once_it_listens).start()
    done = CliRunner().invoke(main, ["listen", topic_arn])

    assert done.exit_code == 0
    assert sns.list_subscriptions()["Subscriptions"] == []
    assert "QueueUrls" not in sqs.list_queues()


@pytest.fixture
def aws() -> Iterator[None]:
    """AWS in memory."""
    with mock_aws():
        yield
