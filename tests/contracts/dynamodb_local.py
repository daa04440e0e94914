"""DynamoDB Local, on somebody's own copy: an optional second oracle.

It stands under its vendor's own terms, which are no open licence. Nothing here fetches it. Set
DYNAMODB_LOCAL to the folder of a copy (release 3) to have the contract's tests run on it too:

    DYNAMODB_LOCAL=~/dynamodb_local .venv/bin/pytest tests/contracts/test_streams.py

It listens on all interfaces of the machine, and can't be told not to.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from consumer.sandbox.server import SandboxError, Server
from consumer.worker.launch import find_java

COPY = os.environ.get("DYNAMODB_LOCAL")
"""The folder of a copy; None where there is none."""

_MAIN_CLASS = "software.amazon.dynamodb.services.local.main.ServerRunner"


class DynamoDbLocal(Server):
    """One DynamoDB Local, in memory."""

    name = "dynamodb-local"

    def command(self, port: int) -> Sequence[str]:
        """The command line that serves on a port."""
        java = find_java()
        if java is None:
            raise SandboxError("java is not on the PATH; run scripts/setup")
        libraries = {path.parent for path in Path(COPY or "").rglob("libsqlite4java-linux-*.so")}
        if not libraries:
            raise SandboxError(f"DYNAMODB_LOCAL={COPY}: no libsqlite4java-linux-*.so below it")
        (library,) = libraries
        options = [
            f"-Dsqlite4java.library.path={library}",
            # Its library is unpacked there, and a folder made for tools that nobody attaches: both
            # would be left in /tmp.
            f"-Djava.io.tmpdir={self.folder}",
            "-XX:-UsePerfData",
            "-XX:TieredStopAtLevel=1",
            "-Xmx512m",
        ]
        arguments = ["-inMemory", "-port", str(port), "-disableTelemetry"]
        return [java, *options, "-cp", f"{COPY}/*:{library}/*", _MAIN_CLASS, *arguments]
