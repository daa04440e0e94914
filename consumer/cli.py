"""The command `stream-publisher`."""

from typing import Any

import click

from consumer import __version__
from consumer.backfill.command import backfill
from consumer.dead_letters.command import dead_letters
from consumer.demo.command import demo
from consumer.doctor.command import doctor
from consumer.function.simulate import simulate
from consumer.local.listen import listen
from consumer.reference.command import settings
from consumer.replay.command import replay
from consumer.run.command import run
from consumer.run.health import health
from consumer.status.command import status
from consumer.terminal import exits


class _Commands(click.Group):
    """Commands that end with 130 at Ctrl-C, where click ends as after a failure."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own
        """Invoke the command that was named."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort) as error:
            # At a question click raises Abort, for the end of its input too: that is no Ctrl-C.
            if isinstance(error, click.Abort) and not isinstance(
                error.__context__, KeyboardInterrupt
            ):
                raise
            click.echo(err=True)  # the terminal has written ^C
            ctx.exit(exits.INTERRUPTED)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
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
