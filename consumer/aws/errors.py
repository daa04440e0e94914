"""What can go wrong with a call to AWS."""

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from consumer.aws.answers import REQUEST_TIMEOUT

AwsError = ClientError | BotoCoreError | ResponseParserError | HTTPError
"""What a call raises, or the reading of a body that S3 streams.

botocore's parsers raise ResponseParserError, which is neither of its two bases; urllib3's errors
pass through a streamed body. Answers that can't be read at all are ClientErrors; see `answers`.
"""

AWS_ERRORS = (ClientError, BotoCoreError, ResponseParserError, HTTPError)
"""The same, to catch."""

SETUP_ERRORS = (*AWS_ERRORS, OSError, ValueError)
"""What making a client and its first call can raise, too.

A profile, a token's file or an endpoint that can't be used shows in many types of error.
"""

_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


def code_of(error: BaseException) -> str:
    """Return the code that the service answered with; empty where it didn't answer."""
    if not isinstance(error, ClientError):
        return ""
    return str(error.response.get("Error", {}).get("Code", ""))


def status_of(error: BaseException) -> int:
    """Return the HTTP status that the service answered with; 0 where it didn't answer."""
    if not isinstance(error, ClientError):
        return 0
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def tells_of_trouble(status: int) -> bool:
    """Tell whether a status says that the service is in trouble, or that we ask too fast."""
    return status in {REQUEST_TIMEOUT, _TOO_MANY_REQUESTS} or status >= _SERVER_ERROR


def is_decided(error: BaseException) -> bool:
    """Tell whether the service has refused the call; if not, it may have done what was asked."""
    return isinstance(error, ClientError) and not tells_of_trouble(status_of(error))
