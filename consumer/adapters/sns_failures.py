"""Which failures of SNS pass by themselves."""

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    HTTPClientError,
)
from botocore.exceptions import (
    ConnectionError as BotoConnectionError,
)

_PASSING_CODES = frozenset(
    {
        "InternalError",
        "InternalErrorException",
        "InternalFailure",
        "KMSThrottling",
        "KMSThrottlingException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500


def is_passing(error: BaseException) -> bool:
    """Tell whether trying again, as it is, can succeed: throttling, time-outs, 5xx, the network."""
    if isinstance(error, ClientError):
        return _answer_is_passing(error)
    return isinstance(error, BotoConnectionError | ConnectionClosedError | HTTPClientError)


def _answer_is_passing(error: ClientError) -> bool:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = error.response.get("Error", {}).get("Code", "")
    return code in _PASSING_CODES or status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR
