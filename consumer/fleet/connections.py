"""The stream and the lease table of a configuration, opened beside running workers."""

from typing import TYPE_CHECKING

from consumer.aws.clients import client
from consumer.aws.errors import AWS_ERRORS, code_of
from consumer.fleet.lease_table import LeaseTable
from consumer.fleet.stream import Stream
from consumer.fleet.stream_problems import LatestStream
from consumer.fleet.table_names import table_names
from consumer.settings.configuration import Configuration
from consumer.settings.configuration_error import ConfigurationError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

ATTEMPTS = 3


def open_lease_table(configuration: Configuration) -> LeaseTable:
    """Return KCL's tables of this configuration's workers. No call is made yet."""
    return LeaseTable(tables_client(configuration), table_names(configuration.kcl))


def open_stream(configuration: Configuration) -> Stream:
    """Return the stream that this configuration's workers read.

    It may be disabled: what it has is still to be published.

    Raises:
        ConfigurationError: The table has no stream. boto3's errors are raised as they are.
    """
    arn = configuration.stream_arn or find_latest_stream(configuration).arn
    if arn is None:
        raise ConfigurationError([f"{stream_thing(configuration)}: has no stream"])
    return Stream(_streams(configuration), arn)


def find_stream(configuration: Configuration) -> tuple[str | None, str | None]:
    """Return the ARN of the stream to read, None if the table has no enabled stream; its view."""
    if configuration.stream_arn:
        stream = _streams(configuration).describe_stream(
            StreamArn=configuration.stream_arn, Limit=1
        )
        return configuration.stream_arn, stream["StreamDescription"]["StreamViewType"]
    latest = find_latest_stream(configuration)
    return latest.arn if latest.is_enabled else None, latest.view


def find_latest_stream(configuration: Configuration) -> LatestStream:
    """Return the latest stream of the configuration's table."""
    tables = client("dynamodb", attempts=ATTEMPTS, region=configuration.kcl.region_name)
    table = tables.describe_table(TableName=configuration.table)["Table"]
    specification = table.get("StreamSpecification", {})
    return LatestStream(
        arn=table.get("LatestStreamArn"),
        view=specification.get("StreamViewType"),
        is_enabled=specification.get("StreamEnabled", False),
    )


def latest_or_none(configuration: Configuration) -> LatestStream:
    """Return the latest stream of the table; one without an ARN if the table was deleted."""
    try:
        return find_latest_stream(configuration)
    except AWS_ERRORS as error:
        if code_of(error) != "ResourceNotFoundException":
            raise
        return LatestStream(None, None, is_enabled=False)


def stream_thing(configuration: Configuration) -> str:
    """Return how a line about the stream names it: by the setting."""
    if configuration.stream_arn:
        return f"stream {configuration.stream_arn}"
    return f"publisher.table = {configuration.table!r}"


def tables_client(configuration: Configuration) -> "DynamoDBClient":
    """Return a client for KCL's tables, with a worker's region and endpoint."""
    kcl = configuration.kcl
    made: DynamoDBClient = client(
        "dynamodb", attempts=ATTEMPTS, region=kcl.region_name, endpoint=kcl.dynamo_db_endpoint
    )
    return made


def _streams(configuration: Configuration) -> "DynamoDBStreamsClient":
    region = configuration.kcl.region_name
    made: DynamoDBStreamsClient = client("dynamodbstreams", attempts=ATTEMPTS, region=region)
    return made
