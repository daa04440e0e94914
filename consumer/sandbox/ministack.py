"""ministack: tables, and their streams."""

import os
import sys
from collections.abc import Mapping, Sequence

from consumer.sandbox.server import Server

# ministack reads its settings from the environment, and boto3's variables are not for it.
_FOREIGN = ("AWS_", "LOCALSTACK_", "MINISTACK_")
_SETTINGS = {
    "AUTH": "false",
    "LOG_LEVEL": "WARNING",
    "PERSIST_STATE": "0",
    "SERVICES": "dynamodb,dynamodbstreams",
    "USE_SSL": "0",
}


class Ministack(Server):
    """One ministack, in memory. Each table's stream has one shard."""

    name = "ministack"

    def command(self, port: int) -> Sequence[str]:
        """The command line that serves on a port."""
        return [sys.executable, "-m", "consumer.sandbox.ministack_app", str(port)]

    def environment(self) -> Mapping[str, str]:
        """This process's environment with the settings that ministack needs."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(_FOREIGN)}
        return {**kept, **_SETTINGS}
