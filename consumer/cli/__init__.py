"""The command `stream-publisher`."""

import click

from consumer import __version__
from consumer.cli.backfill import backfill
from consumer.cli.dead_letters import dead_letters
from consumer.cli.demo import demo
from consumer.cli.doctor import doctor
from consumer.cli.health import health
from consumer.cli.listen import listen
from consumer.cli.replay import replay
from consumer.cli.run import run
from consumer.cli.settings import settings
from consumer.cli.simulate import simulate
from consumer.cli.status import status


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Publish every change of a DynamoDB table to an SNS topic, in batches, and lose none.

    \b
    On a laptop, with no account:    stream-publisher demo
    On AWS:                          stream-publisher run --properties properties/aws.properties
    How far behind:                  stream-publisher status
    Go back to two o'clock:          stream-publisher replay --from 2026-11-23T02:00Z
    What is wrong:                   stream-publisher doctor
    What arrives at a topic:         stream-publisher listen TOPIC_ARN
    What can be set:                 stream-publisher settings
    """


for command in (
    run,
    status,
    doctor,
    replay,
    backfill,
    settings,
    listen,
    dead_letters,
    simulate,
    demo,
    health,
):
    main.add_command(command)
