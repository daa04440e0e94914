"""Moto's server: SNS, SQS, S3 and CloudWatch."""

import sys
from collections.abc import Sequence

from consumer.sandbox.server import HOST, Server

# Moto's SNS takes 256 KiB whatever its topics' limits are, which may be four times that.
_SERVE = """
from moto.server import main
from moto.sns import models

models.MAXIMUM_MESSAGE_LENGTH = 1_048_576
main()
"""


class MotoServer(Server):
    """One moto server, in memory."""

    name = "moto"

    def command(self, port: int) -> Sequence[str]:
        """The command line that serves on a port."""
        return [sys.executable, "-c", _SERVE, "-H", HOST, "-p", str(port)]
