"""`stream-publisher doctor`: its options and help."""

from pathlib import Path

import click

from consumer.terminal.options import json_option, worker_options


@click.command(short_help="Check everything that a worker needs; name what is wrong.")
@worker_options
@click.option(
    "--elsewhere", is_flag=True, help="No worker runs on this host: leave its programs out."
)
@json_option("One JSON object.")
def doctor(properties: Path | None, *, elsewhere: bool, as_json: bool) -> None:
    """Check settings, this host, AWS, permissions and running workers; name what is wrong.

    Run it with the worker's own configuration and role. Nothing is changed: a permission to write
    is tried by a write whose condition can't hold, and where that can't be, IAM is asked. Leases
    are watched for up to as long as one lasts. The exit status is 1 when anything was found.

    \b
    Examples:
      stream-publisher doctor --properties my.properties
      stream-publisher doctor --properties my.properties --elsewhere
      stream-publisher doctor --properties my.properties --json | jq '.findings[].wrong'
    """
    from consumer.doctor.action import check_everything

    check_everything(properties, programs=not elsewhere, as_json=as_json)
