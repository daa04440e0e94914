"""`stream-publisher health`: ask the daemon on this host whether it makes progress."""

import sys

import click

from consumer.terminal import exits


@click.command()
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
    """Ask the daemon on this host whether it makes progress.

    Prints its answer, which names each shard with what it does and for how long. The exit status
    is 0 when it is healthy, 1 when a shard stands still or nobody answers. A quiet shard is
    healthy: it is asked about once a second.
    """
    if port == 0:
        raise click.UsageError(
            "publisher.healthPort is missing, or 0, which answers nowhere; name the daemon's, with "
            "--port or as PUBLISHER_HEALTH_PORT"
        )
    from http.client import HTTPConnection, HTTPException

    from consumer.telemetry.visible import visible

    try:
        connection = HTTPConnection(host, port, timeout=timeout)
        connection.request("GET", "/health")
        answer = connection.getresponse()
        click.echo(visible(answer.read().decode(errors="replace")))
    except (OSError, HTTPException) as error:
        click.echo(
            f"port {port}: the daemon doesn't answer ({error}); is it running, and is "
            "publisher.healthPort set (0 answers nowhere)?",
            err=True,
        )
        sys.exit(exits.FAILED)
    sys.exit(0 if answer.status == 200 else exits.FAILED)  # noqa: PLR2004 - HTTP's OK
