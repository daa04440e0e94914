"""The command `stream-publisher`: a command's module is imported when it is asked for.

Those modules declare options and help; each imports what does the work when it is called. So
help, a shell's completion and `health` need neither boto3 nor rich, whose imports take longer
than all the rest.
"""

import importlib
from collections.abc import Mapping
from typing import Any

import click

from consumer import __version__
from consumer.terminal import exits
from consumer.terminal.interrupts import ending_at_once

COMMANDS: Mapping[str, str] = {
    "backfill": "consumer.backfill.command:backfill",
    "dead-letters": "consumer.dead_letters.command:dead_letters",
    "demo": "consumer.demo.command:demo",
    "doctor": "consumer.doctor.command:doctor",
    "health": "consumer.run.health:health",
    "listen": "consumer.local.command:listen",
    "replay": "consumer.replay.command:replay",
    "run": "consumer.run.command:run",
    "settings": "consumer.reference.command:settings",
    "simulate": "consumer.function.command:simulate",
    "status": "consumer.status.command:status",
}
"""Where each command is declared: module and attribute."""


class _Commands(click.Group):
    """The commands of the table; Ctrl-C ends them with 130, where click ends as after a failure."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the commands' names."""
        return sorted(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None where there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own
        """Invoke the command that was named."""
        try:
            with ending_at_once():
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
