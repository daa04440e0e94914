"""`stream-publisher run`: its options and help."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from consumer.terminal.options import worker_options

if TYPE_CHECKING:
    from consumer.telemetry.logs import LogFormat


@click.command()
@worker_options
@click.option(
    "--log-format",
    type=click.Choice(["json", "human"]),
    help="json for CloudWatch, human for a terminal; by default as where stderr goes.",
)
@click.option("--check-only", is_flag=True, help="Check everything, start nothing.")
@click.option(
    "--change-topic",
    is_flag=True,
    help="Start although running workers of this application publish to another topic.",
)
def run(
    properties: Path | None,
    log_format: "LogFormat | None",
    *,
    check_only: bool,
    change_topic: bool,
) -> None:
    """Publish a table's changes until stopped.

    Settings come from the properties file and from environment variables, which win:
    publisher.topicArn is PUBLISHER_TOPIC_ARN, KCL's applicationName is KCL_APPLICATION_NAME.
    Table, stream, topic, credentials and programs are checked first. Every mistake is named at
    once, and the exit status is 2. SIGTERM publishes what is held, gives the shards back and ends
    with status 0.

    \b
    Examples:
      stream-publisher run --properties properties/aws.properties
      PUBLISHER_TABLE=orders PUBLISHER_TOPIC_ARN=arn:aws:sns:eu-west-1:123456789012:changes \\
          KCL_APPLICATION_NAME=orders-publisher stream-publisher run
    """
    from consumer.run.action import start_worker

    start_worker(properties, log_format, check_only=check_only, change_topic=change_topic)
