"""Whether this host's Java can run the daemon."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from consumer.checks.check import CannotTellError, Check, ProblemError
from consumer.problems import Problem
from consumer.settings.configuration import Configuration
from consumer.worker.launch import find_jars, find_java

_OLDEST_JAVA = 17
_SECONDS = 20
_FAMILIES = (
    "amazon-kinesis-client",
    "amazon-kinesis-client-multilang",
    "dynamodb-streams-kinesis-adapter",
    "streams-multilang-daemon",
)
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')
_NO_START = "The daemon ends as soon as it starts."


def java_checks(configuration: Configuration, environ: Mapping[str, str]) -> list[Check]:
    """Return the checks of Java and of the class path."""
    jars = find_jars(configuration)
    return [
        Check("java version", _NO_START, lambda: _version(environ), ("java",)),
        Check("class path", _NO_START, lambda: _families(jars), ("jars",)),
    ]


def _version(environ: Mapping[str, str]) -> Sequence[Problem]:
    java = find_java(environ) or "java"
    fix = f"install a Java {_OLDEST_JAVA} runtime or set JAVA_HOME"
    try:
        told = subprocess.run(
            [java, "-version"],
            env={**environ},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProblemError(Problem(java, f"can't be run ({error})", fix)) from error
    version = _VERSION.search(told.stderr + told.stdout)
    if version is None:
        raise CannotTellError(f"the answer of {java} -version has no version")
    if int(version[1]) < _OLDEST_JAVA:
        return [Problem(java, f"is Java {version[1]}", fix)]
    return ()


def _families(folder: Path) -> Sequence[Problem]:
    missing = [name for name in _FAMILIES if not any(folder.glob(f"{name}-[0-9]*.jar"))]
    if not missing:
        return ()
    wrong = f"{folder} lacks {', '.join(missing)}"
    return [Problem("publisher.jars", wrong, "build it again with scripts/setup")]
