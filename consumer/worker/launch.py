"""The daemon's command line, properties and environment, and the step into it."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import javaproperties

from consumer.aws.clients import find_region
from consumer.settings.configuration import Configuration

MAIN_CLASS = "streampublisher.Main"
CLASS_ARCHIVE = "classes.jsa"

_REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Launch:
    """A daemon that is ready to be started.

    Attributes:
        command: The program and its arguments.
        properties: What the daemon reads from its standard input.
        environ: Its whole environment, which the record processors inherit.
    """

    command: tuple[str, ...]
    properties: Mapping[str, str]
    environ: Mapping[str, str]


def plan_launch(
    configuration: Configuration, stream_arn: str, worker_id: str, environ: Mapping[str, str]
) -> Launch:
    """Put together what the daemon is started with; does nothing else."""
    jars = find_jars(configuration)
    return Launch(
        command=(
            find_java(environ) or "java",
            *_archive(jars),
            *configuration.publisher.java_options.split(),
            *("-cp", os.pathsep.join(map(str, sorted(jars.glob("*.jar"))))),
            MAIN_CLASS,
            "/dev/stdin",
        ),
        properties=configuration.for_daemon(stream_arn, worker_id),
        environ=_environment(configuration, worker_id, environ),
    )


def find_java(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the java program of JAVA_HOME or of the PATH, None where there is none."""
    home = environ.get("JAVA_HOME")
    inside = shutil.which("java", path=f"{home}/bin") if home else None
    return inside or shutil.which("java", path=environ.get("PATH"))


def find_jars(configuration: Configuration) -> Path:
    """Return the folder of the daemon's jars: as set, or where the build in a checkout puts it."""
    named = configuration.publisher.jars
    return Path(named) if named else _REPOSITORY / "daemon" / "target" / "jars"


def _archive(jars: Path) -> list[str]:
    """The option for the archive of classes that scripts/jars makes beside the jars, if any.

    Java starts a second sooner with it. Java doesn't use it, and says nothing, where it was made
    by another Java or from other jars.
    """
    archive = jars / CLASS_ARCHIVE
    return [f"-XX:SharedArchiveFile={archive}"] if archive.exists() else []


def search_path(environ: Mapping[str, str]) -> str:
    """Return a PATH on which the programs of this very installation are found first."""
    # Not resolved: in a virtual environment the interpreter is a link to one that lacks them.
    return os.pathsep.join([str(Path(sys.executable).parent), environ.get("PATH", os.defpath)])


def start(launch: Launch) -> None:
    """Become the daemon: signals reach it, and its exit status is ours.

    The properties travel through memory, so that nothing is written to disk.
    """
    text = javaproperties.dumps(launch.properties, timestamp=False).encode()
    os.dup2(_readable(text), 0)
    os.execve(launch.command[0], launch.command, launch.environ)  # noqa: S606 - no shell is wanted


def _readable(text: bytes) -> int:
    """Return a descriptor to read a text from, from its start."""
    if hasattr(os, "memfd_create"):
        memory = os.memfd_create("properties")
        os.write(memory, text)
        os.lseek(memory, 0, os.SEEK_SET)
        return memory
    reading, writing = os.pipe()  # which holds a file's worth, but not any
    os.write(writing, text)
    os.close(writing)
    return reading


def _environment(
    configuration: Configuration, worker_id: str, environ: Mapping[str, str]
) -> dict[str, str]:
    own = configuration.publisher
    region = find_region(configuration.kcl.region_name, environ)
    return {
        # botocore asks once, for a second, in which a host that starts a worker may be busy.
        "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "3",
        **environ,
        **({"AWS_REGION": region} if region else {}),
        "PATH": search_path(environ),
        "PUBLISHER_LOG_FORMAT": own.log_format,
        "PUBLISHER_LOG_LEVEL": own.log_level,
        "PUBLISHER_KCL_LOG_LEVEL": own.kcl_log_level,
        **configuration.for_processor(worker_id).to_environment(),
    }
