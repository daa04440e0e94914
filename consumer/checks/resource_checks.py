"""What a worker needs in AWS: stream, topic, queue, bucket, lease table."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from consumer.aws.clients import client
from consumer.checks.check import Check, ProblemError, answered
from consumer.fleet.connections import find_stream, open_lease_table, stream_thing
from consumer.problems import Problem
from consumer.publishing.dead_letter import QUEUE_LIMIT
from consumer.settings.configuration import Configuration

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WANTED_VIEW = "NEW_AND_OLD_IMAGES"
_ATTEMPTS = 2
_NEEDS = ("region", "credentials")
_SIZE = "MaximumMessageSize"


class ResourceChecks:
    """Checks of the things that a configuration names.

    Args:
        configuration: The configuration.

    Attributes:
        stream_arn: The stream to read, once its check was ok.
    """

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self.stream_arn: str | None = None

    def all(self) -> list[Check]:
        """Return a check for each thing that the configuration names."""
        leases = "No worker gets a lease or reads a shard."
        return [
            _check("stream", "dynamodbstreams", "No change is read.", self._stream),
            *self.targets(),
            _check("lease table", "dynamodb", leases, self._lease_table),
        ]

    def targets(self) -> list[Check]:
        """Return the checks of the topic, and of the queue and the bucket if they are named."""
        own = self._configuration.publisher
        silence = "No change is published; every shard waits."
        checks = [_check("topic", "sns", silence, self._topic)]
        if own.dead_letter_queue_url:
            causes = "A record that can't be published blocks its shard."
            checks.append(_check("dead-letter queue", "sqs", causes, self._queue))
        if own.claim_check_bucket:
            causes = "A change that is too large for the topic blocks its shard."
            checks.append(_check("claim-check bucket", "s3", causes, self._bucket))
        return checks

    def _stream(self) -> Sequence[Problem]:
        thing = stream_thing(self._configuration)
        arn, view = answered(thing, lambda: find_stream(self._configuration))
        if arn is None:
            fix = f"enable one with the view {WANTED_VIEW}"
            raise ProblemError(Problem(thing, "has no enabled stream", fix))
        if view != WANTED_VIEW:
            fix = (
                f"a view can't be changed: disable the stream, enable one with {WANTED_VIEW}, and "
                "give it a new applicationName"
            )
            wrong = f"its stream has the view {view}, which lacks images"
            raise ProblemError(Problem(thing, wrong, fix))
        self.stream_arn = arn
        return ()

    def _topic(self) -> Sequence[Problem]:
        arn = self._configuration.publisher.topic_arn
        topics = self._target("sns")
        answered(
            f"publisher.topicArn = {arn!r}", lambda: topics().get_topic_attributes(TopicArn=arn)
        )
        return ()

    def _queue(self) -> Sequence[Problem]:
        url = self._configuration.publisher.dead_letter_queue_url
        thing, queues = f"publisher.deadLetterQueueUrl = {url!r}", self._target("sqs")
        wanted = {"QueueUrl": url, "AttributeNames": [_SIZE]}
        queue = answered(thing, lambda: queues().get_queue_attributes(**wanted))
        size = int(queue.get("Attributes", {}).get(_SIZE, QUEUE_LIMIT))
        if size >= QUEUE_LIMIT:
            return ()
        wrong = f"takes messages of {size} bytes, but a dead letter may have {QUEUE_LIMIT}"
        return [Problem(thing, wrong, f"set the queue's {_SIZE} to {QUEUE_LIMIT} or more")]

    def _bucket(self) -> Sequence[Problem]:
        own, buckets = self._configuration.publisher, self._target("s3")
        wanted = {"Bucket": own.claim_check_bucket, "ExpectedBucketOwner": own.bucket_owner}
        thing = f"publisher.claimCheckBucket = {own.claim_check_bucket!r}"
        answered(f"{thing} of account {own.bucket_owner}", lambda: buckets().head_bucket(**wanted))
        return ()

    def _lease_table(self) -> Sequence[Problem]:
        """Check that it may be described. It may be missing: KCL creates it."""
        name = self._configuration.kcl.lease_table
        answered(
            f"lease table {name!r} of applicationName",
            lambda: _find_table(open_lease_table(self._configuration).tables, name),
        )
        return ()

    def _target(self, service: str) -> Callable[[], Any]:
        region = self._configuration.publisher.region_of(service)
        return lambda: client(service, attempts=_ATTEMPTS, region=region)


def _check(name: str, service: str, causes: str, ask: Callable[[], Sequence[Problem]]) -> Check:
    return Check(name, causes, ask, (*_NEEDS, f"endpoint of {service}"))


def _find_table(tables: "DynamoDBClient", name: str) -> object:
    try:
        return tables.describe_table(TableName=name)
    except tables.exceptions.ResourceNotFoundException:
        return None
