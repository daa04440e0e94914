"""`stream-publisher doctor`: its options and help."""

from pathlib import Path

import click

from consumer.terminal.options import json_option, worker_options


@click.command(short_help="Check everything that workers need; name what is wrong.")
@worker_options
@click.option(
    "--elsewhere", is_flag=True, help="No worker runs on this host: don't check its programs."
)
@click.option("--verbose", "-v", is_flag=True, help="A row for each check, also for what is ok.")
@json_option("One JSON object.")
def doctor(properties: Path | None, *, elsewhere: bool, verbose: bool, as_json: bool) -> None:
    """Check settings, this host, AWS, permissions and running workers; name what is wrong.

    Run it with the worker's own configuration and role. It changes nothing: it tries a permission
    to write with a write whose condition can't hold, or else asks IAM. It watches leases for as
    long as one lasts, at most. The exit status is 1 if it found a problem.

    \b
    Examples:
      stream-publisher doctor --properties my.properties
      stream-publisher doctor --properties my.properties --elsewhere
      stream-publisher doctor --properties my.properties --verbose
      stream-publisher doctor --properties my.properties --json | jq '.findings[].wrong'
    """
    from consumer.doctor.action import check_everything

    check_everything(properties, programs=not elsewhere, verbose=verbose, as_json=as_json)
