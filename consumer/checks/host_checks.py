"""What a worker needs on its host: programs, a region, credentials."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import boto3

from consumer.aws.clients import find_region
from consumer.aws.explain import NO_CREDENTIALS
from consumer.checks.check import Check, answered
from consumer.problems import Problem
from consumer.settings.configuration import Configuration
from consumer.worker.launch import find_jars, find_java, search_path

_NO_START = "The worker doesn't start."


def program_checks(configuration: Configuration, environ: Mapping[str, str]) -> list[Check]:
    """Return the checks of the programs that a worker runs."""
    return [
        Check("java", _NO_START, lambda: _java(environ)),
        Check("jars", _NO_START, lambda: _jars(find_jars(configuration))),
        Check("record processor", _NO_START, lambda: _program(configuration, environ)),
    ]


def identity_checks(configuration: Configuration, environ: Mapping[str, str]) -> list[Check]:
    """Return the checks of what every call to AWS needs."""
    return [
        Check("region", _NO_START, lambda: _region(configuration, environ)),
        Check("credentials", _NO_START, _credentials),
    ]


def _java(environ: Mapping[str, str]) -> Sequence[Problem]:
    if find_java(environ):
        return ()
    return [Problem("java", "is not on the PATH", "install a Java 17 runtime or set JAVA_HOME")]


def _jars(folder: Path) -> Sequence[Problem]:
    if any(folder.glob("*.jar")):
        return ()
    return [Problem("publisher.jars", f"{folder} holds no jars", "build them with scripts/setup")]


def _program(configuration: Configuration, environ: Mapping[str, str]) -> Sequence[Problem]:
    program = configuration.kcl.executable_name.split()[0]
    if shutil.which(program, path=search_path(environ)):
        return ()
    thing = f"executableName = {program!r}"
    return [Problem(thing, "can't be run", "name a program on the PATH")]


def _region(configuration: Configuration, environ: Mapping[str, str]) -> Sequence[Problem]:
    named = configuration.kcl.region_name
    if answered("regionName", lambda: find_region(named, environ)):
        return ()
    return [Problem("regionName", "no region is set", "set AWS_REGION or KCL_REGION_NAME")]


def _credentials() -> Sequence[Problem]:
    thing = "AwsCredentialsProvider"
    if answered(thing, lambda: boto3.Session().get_credentials()):
        return ()
    return [Problem(thing, *NO_CREDENTIALS)]
