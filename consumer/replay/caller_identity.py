"""Who calls: as AWS knows them, or else as this machine does."""

import getpass
import socket

from consumer.aws.clients import client
from consumer.aws.errors import AWS_ERRORS
from consumer.replay.replay_record import Caller


def find_caller(region: str | None) -> Caller:
    """Ask STS for the ARN of the credentials; if it doesn't answer, return user@host."""
    try:
        return Caller(client("sts", region=region).get_caller_identity()["Arn"], "sts")
    except AWS_ERRORS:
        return Caller(f"{_user()}@{socket.gethostname()}", "host")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"  # A container's user may have no name.
