"""Whether an AWS service answers, and its time."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ConnectionError as BotoConnectionError
from botocore.exceptions import HTTPClientError

from consumer.aws.clients import client
from consumer.aws.errors import AWS_ERRORS

_CALLS: dict[str, tuple[str, dict[str, str]]] = {
    "cloudwatch": ("list_metrics", {}),
    "dynamodb": ("list_tables", {}),
    "dynamodbstreams": ("list_streams", {}),
    "s3": ("head_bucket", {"Bucket": "stream-publisher-doctor"}),
    "sns": ("list_topics", {}),
    "sqs": ("list_queues", {}),
}


def probe(service: str, region: str | None) -> float | None:
    """Make a call without a signature: the service refuses it, so no permission is needed.

    Args:
        service: The service's name in boto3.
        region: The region; None for the environment's.

    Returns:
        Its time, in seconds since 1970 UTC; None if the answer has none.

    Raises:
        HTTPClientError, ConnectionError: It can't be reached. Both are botocore's.
        ValueError: Its endpoint is not a URL.
    """
    unsigned = Config(signature_version=UNSIGNED)
    asked = client(service, attempts=1, region=region, config=unsigned)
    dates: list[str] = []
    asked.meta.events.register("before-parse", lambda **answer: _note(answer, dates))
    operation, parameters = _CALLS[service]
    try:
        getattr(asked, operation)(**parameters)
    except (HTTPClientError, BotoConnectionError):
        raise
    except AWS_ERRORS:
        pass  # Something has answered, even if not in the service's form.
    return parsedate_to_datetime(dates[0]).timestamp() if dates else None


def _note(answer: Mapping[str, Any], dates: list[str]) -> None:
    date = answer["response_dict"]["headers"].get("Date")
    if date:
        dates.append(date)
