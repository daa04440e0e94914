"""The program that serves ministack's tables and streams.

It is started as `python -m consumer.sandbox.ministack_app PORT`.
"""

import asyncio
import sys
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app as ministack

from consumer.sandbox.server import HOST

_KEEP_ALIVE_SECONDS = 3_600
# What is asked for at the end gets no answer: everything is in memory, and nobody waits for it.
_GRACE_SECONDS = 0.1


async def requests_only(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's types
    """Hand requests to ministack, and keep its start and its end from it.

    At its start ministack opens a port for IoT on all interfaces, looks for containers to remove,
    and runs scripts of the folders that container images keep them in. Tables need none of these.
    """
    if scope["type"] == "http":
        await ministack(scope, receive, send)


def main() -> None:
    """Serve on the port that the command line names, on this machine alone."""
    config = Config()
    config.bind = [f"{HOST}:{sys.argv[1]}"]
    # Clients keep connections open: one that closes just as it is used costs them a retry.
    config.keep_alive_timeout = _KEEP_ALIVE_SECONDS
    config.graceful_timeout = _GRACE_SECONDS
    asyncio.run(serve(requests_only, config))


if __name__ == "__main__":
    main()
