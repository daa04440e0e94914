"""Everything that can be checked before the daemon starts, all mistakes at once."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from consumer.adapters.aws import client, find_region, region_of
from consumer.adapters.explain import NO_CREDENTIALS, explain
from consumer.daemon.fleet import find_stream, stream_thing
from consumer.daemon.launch import find_jars, find_java, search_path
from consumer.settings.errors import ConfigurationError
from consumer.settings.resolve import Configuration

_WANTED_VIEW = "NEW_AND_OLD_IMAGES"
_ATTEMPTS = 2

Answer = TypeVar("Answer")


def check(configuration: Configuration, environ: Mapping[str, str]) -> str:
    """Check programs, credentials, table, stream, topic, queue and bucket.

    Returns:
        The ARN of the stream to read.

    Raises:
        ConfigurationError: With a line for each mistake.
    """
    mistakes = _check_programs(configuration, environ)
    here = check_surroundings(configuration, environ)
    stream_arn = None
    if not here:
        stream_arn, here = _check_stream(configuration)
        here += check_targets(configuration)
        here += _check_lease_table(configuration)
    if mistakes + here or stream_arn is None:
        raise ConfigurationError(mistakes + here)
    return stream_arn


def check_surroundings(configuration: Configuration, environ: Mapping[str, str]) -> list[str]:
    """Return a line for each thing without which nothing can be asked: region, credentials."""
    return _check_region(configuration, environ) + _check_credentials()


def check_targets(configuration: Configuration) -> list[str]:
    """Return a line for each mistake with topic, queue or bucket."""
    return [
        *_check_topic(configuration),
        *_check_queue(configuration),
        *_check_bucket(configuration),
    ]


def asked(thing: str, question: Callable[[], Answer]) -> tuple[Answer | None, list[str]]:
    """Return the answer, or None and the line about `thing` that says why there is none.

    A profile, a token's file or an endpoint that can't be used shows in many types of error.
    """
    try:
        return question(), []
    except (ClientError, BotoCoreError, OSError, ValueError) as error:
        return None, [explain(thing, error)]


def _check_programs(configuration: Configuration, environ: Mapping[str, str]) -> list[str]:
    jars, program = find_jars(configuration), configuration.kcl.executable_name.split()[0]
    found: dict[str, object] = {
        "java: is not on the PATH; install a Java 17 runtime or set JAVA_HOME": find_java(environ),
        f"publisher.jars: {jars} holds no jars; build them with scripts/setup": _has_jars(jars),
        f"executableName = {program!r}: can't be run; name a program on the PATH": shutil.which(
            program, path=search_path(environ)
        ),
    }
    return [mistake for mistake, good in found.items() if not good]


def _has_jars(folder: Path) -> bool:
    return any(folder.glob("*.jar"))


def _check_region(configuration: Configuration, environ: Mapping[str, str]) -> list[str]:
    named = configuration.kcl.region_name
    region, mistakes = asked("regionName", lambda: find_region(named, environ))
    if region or mistakes:
        return mistakes
    return ["regionName: no region is set; set AWS_REGION or KCL_REGION_NAME"]


def _check_credentials() -> list[str]:
    thing = "AwsCredentialsProvider"
    credentials, mistakes = asked(thing, lambda: boto3.Session().get_credentials())
    return mistakes if credentials or mistakes else [f"{thing}: {NO_CREDENTIALS}"]


def _check_stream(configuration: Configuration) -> tuple[str | None, list[str]]:
    thing = stream_thing(configuration)
    found, mistakes = asked(thing, lambda: find_stream(configuration))
    if found is None:
        return None, mistakes
    arn, view = found
    if arn is None:
        return None, [f"{thing}: has no stream; enable one with the view {_WANTED_VIEW}"]
    if view != _WANTED_VIEW:
        mend = (
            f"a view can't be changed: disable the stream, enable one with {_WANTED_VIEW}, and "
            "take a new applicationName for it"
        )
        return None, [f"{thing}: its stream has the view {view}, which lacks images; {mend}"]
    return arn, []


def _check_topic(configuration: Configuration) -> list[str]:
    arn = configuration.publisher.topic_arn
    _, mistakes = asked(
        f"publisher.topicArn = {arn!r}",
        lambda: client("sns", attempts=_ATTEMPTS, region=region_of(arn)).get_topic_attributes(
            TopicArn=arn
        ),
    )
    return mistakes


def _check_lease_table(configuration: Configuration) -> list[str]:
    """Whether it may be asked about; KCL creates it where it is missing."""
    kcl = configuration.kcl
    name = kcl.table_name or kcl.application_name
    _, mistakes = asked(
        f"lease table {name!r} of applicationName",
        lambda: _find_table(client("dynamodb", attempts=_ATTEMPTS, region=kcl.region_name), name),
    )
    return mistakes


def _find_table(tables: Any, name: str) -> Any:  # noqa: ANN401 - boto3's client and answer
    try:
        return tables.describe_table(TableName=name)
    except tables.exceptions.ResourceNotFoundException:
        return None


def _check_queue(configuration: Configuration) -> list[str]:
    url = configuration.publisher.dead_letter_queue_url
    if url is None:
        return []
    region = region_of(configuration.publisher.topic_arn)
    _, mistakes = asked(
        f"publisher.deadLetterQueueUrl = {url!r}",
        lambda: client("sqs", attempts=_ATTEMPTS, region=region).get_queue_attributes(
            QueueUrl=url, AttributeNames=["QueueArn"]
        ),
    )
    return mistakes


def _check_bucket(configuration: Configuration) -> list[str]:
    name = configuration.publisher.claim_check_bucket
    if name is None:
        return []
    region = region_of(configuration.publisher.topic_arn)
    _, mistakes = asked(
        f"publisher.claimCheckBucket = {name!r}",
        lambda: client("s3", attempts=_ATTEMPTS, region=region).head_bucket(Bucket=name),
    )
    return mistakes
