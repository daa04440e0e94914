"""Moto's server: SNS, SQS, S3 and CloudWatch."""

import sys
from collections.abc import Sequence

from consumer.sandbox.server import HOST, Server


class MotoServer(Server):
    """One moto server, in memory."""

    name = "moto"

    def command(self, port: int) -> Sequence[str]:
        """The command line that serves on a port."""
        return [sys.executable, "-m", "moto.server", "-H", HOST, "-p", str(port)]
