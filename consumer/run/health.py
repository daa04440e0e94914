"""`stream-publisher health`: ask a daemon whether it makes progress."""

import sys

import click

from consumer.terminal import exits


@click.command(short_help="Ask a daemon whether it makes progress.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=0,
    envvar="PUBLISHER_HEALTH_PORT",
    help="The daemon's publisher.healthPort. [env: PUBLISHER_HEALTH_PORT]",
)
@click.option(
    "--host",
    envvar="PUBLISHER_HEALTH_HOST",
    default="127.0.0.1",
    show_default=True,
    help="The daemon's publisher.healthHost. [env: PUBLISHER_HEALTH_HOST]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 60),
    default=5.0,
    show_default=True,
    help="Seconds to wait for an answer.",
)
def health(port: int, host: str, timeout: float) -> None:
    """Ask a daemon whether it makes progress: the one on this host, or on another.

    Prints its answer, with the host that was asked. It names each shard with what it does and for
    how long, and says of a stopped one why, and what to do. The exit status is 0 when it is
    healthy, 1 when a shard stands still or nobody answers. A quiet shard is healthy: it is asked
    about once a second.

    \b
    Examples:
      stream-publisher health --port 8081
      stream-publisher health --host 10.0.3.17 --port 8081
    """
    if port == 0:
        raise click.UsageError(
            "publisher.healthPort is missing, or 0, which answers nowhere; name the daemon's, with "
            "--port or as PUBLISHER_HEALTH_PORT"
        )
    import json
    from http.client import HTTPConnection, HTTPException

    try:
        connection = HTTPConnection(host, port, timeout=timeout)
        connection.request("GET", "/health")
        answer = connection.getresponse()
        report = json.loads(answer.read())
        is_healthy = report["healthy"]
    # ValueError: a name that is none, or an answer that is no JSON.
    except (OSError, HTTPException, ValueError, LookupError, TypeError) as error:
        click.echo(
            f"{host}:{port}: the daemon doesn't answer ({error}); is it running there, and are "
            "its publisher.healthHost and publisher.healthPort these?",
            err=True,
        )
        sys.exit(exits.FAILED)
    click.echo(json.dumps({"host": f"{host}:{port}", **report}))
    sys.exit(0 if is_healthy else exits.FAILED)
