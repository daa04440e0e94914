"""DynamoDB Local, with the real streams API."""

from collections.abc import Sequence
from pathlib import Path

from consumer.sandbox.server import SandboxError, Server
from consumer.worker.launch import find_java

JARS = Path(__file__).parents[2] / "dynamodb-local" / "target" / "jars"
_MAIN_CLASS = "software.amazon.dynamodb.services.local.main.ServerRunner"


class DynamoDbLocal(Server):
    """One DynamoDB Local, in memory."""

    name = "dynamodb-local"

    def command(self, port: int) -> Sequence[str]:
        """The command line that serves on a port."""
        java = find_java()
        if java is None:
            raise SandboxError("java is not on the PATH; run scripts/setup")
        if not any(JARS.glob("*.jar")):
            raise SandboxError(f"{JARS} holds no jars; run scripts/setup")
        options = [
            f"-Dsqlite4java.library.path={JARS}",
            # Its library is unpacked there, and a folder made for tools that nobody attaches: both
            # would be left in /tmp.
            f"-Djava.io.tmpdir={self.folder}",
            "-XX:-UsePerfData",
            "-XX:TieredStopAtLevel=1",
            "-Xmx512m",
        ]
        arguments = ["-inMemory", "-port", str(port), "-disableTelemetry"]
        return [java, *options, "-cp", f"{JARS}/*", _MAIN_CLASS, *arguments]
