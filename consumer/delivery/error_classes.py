"""Which class each failure of a publish has; the class says what happens next.

The codes are those that the service models name for what is asked of SNS, SQS and S3, those that
S3's pages list for a PutObject, DynamoDB's for a table that is read too fast, those that every
service may answer with, and our own for an answer that can't be read. What S3 refuses is never the
batch's: the record is not to blame for its bucket. An unknown code is transient: a retry loses
nothing.
"""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoAuthTokenError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from botocore.exceptions import (
    ConnectionError as BotoConnectionError,
)

from consumer.aws.answers import UNREADABLE
from consumer.aws.errors import AwsError, code_of, status_of, tells_of_trouble
from consumer.aws.explain import KMS_CODES
from consumer.publishing.errors import (
    BatchError,
    OperatorError,
    PublishError,
    TransientError,
    UnansweredError,
)

FailureClass = type[TransientError] | type[OperatorError] | type[BatchError]

_TRANSIENT = (
    "BadDigest",
    "IncompleteBody",
    "InternalError",
    "InternalFailure",
    "KMSThrottling",
    "KmsThrottled",
    "OperationAborted",
    "ProvisionedThroughputExceededException",
    "Redirect",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceUnavailable",
    "SlowDown",
    "TemporaryRedirect",
    "Throttled",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    UNREADABLE,
    "XAmzContentSHA256Mismatch",
)
_OPERATORS = (
    *KMS_CODES,
    "AccessDenied",
    "AccessDeniedException",
    "AccountProblem",
    "AllAccessDisabled",
    "AuthorizationError",
    "AuthorizationHeaderMalformed",
    "EncryptionTypeMismatch",
    "EndpointDisabled",
    "ExpiredToken",
    "ExpiredTokenException",
    "IllegalLocationConstraintException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidAddress",
    "InvalidArgument",
    "InvalidBucketName",
    "InvalidBucketState",
    "InvalidClientTokenId",
    "InvalidEncryptionAlgorithmError",
    "InvalidObjectState",
    "InvalidRequest",
    "InvalidSecurity",
    "InvalidSignatureException",
    "InvalidToken",
    "InvalidWriteOffset",
    "KeyTooLongError",
    "MethodNotAllowed",
    "MissingAuthenticationToken",
    "NoSuchBucket",
    "NotFound",
    "NotImplemented",
    "NotSignedUp",
    "OptInRequired",
    "PermanentRedirect",
    "PlatformApplicationDisabled",
    "QueueDoesNotExist",
    "AWS.SimpleQueueService.NonExistentQueue",
    "QuotaExceeded",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    "TooManyParts",
    "UnrecognizedClientException",
)
_BATCHES = (
    "BatchEntryIdsNotDistinct",
    "BatchRequestTooLong",
    "EmptyBatchRequest",
    "InvalidBatchEntryId",
    "InvalidMessageContents",
    "InvalidParameter",
    "InvalidParameterValue",
    "ParameterValueInvalid",
    "TooManyEntriesInBatchRequest",
    "UnsupportedOperation",
    "ValidationException",
)
CODES: Mapping[str, FailureClass] = {
    **dict.fromkeys(_TRANSIENT, TransientError),
    **dict.fromkeys(_OPERATORS, OperatorError),
    **dict.fromkeys(_BATCHES, BatchError),
}
"""The class of each known error code."""

_REQUEST_ERRORS: Mapping[type[BotoCoreError], FailureClass] = {
    BotoConnectionError: UnansweredError,
    HTTPClientError: UnansweredError,
    CredentialRetrievalError: OperatorError,
    NoAuthTokenError: OperatorError,
    NoCredentialsError: OperatorError,
    PartialCredentialsError: OperatorError,
    TokenRetrievalError: OperatorError,
    UnauthorizedSSOTokenError: OperatorError,
    ParamValidationError: BatchError,
}
_BAD_REQUEST = 400
_SERVER_ERROR = 500


def class_of(error: AwsError) -> FailureClass:
    """Return the class of an error that a call raised."""
    if isinstance(error, ClientError):
        return _class_of_answer(error)
    for kind, failure_class in _REQUEST_ERRORS.items():
        if isinstance(error, kind):
            return failure_class
    return TransientError


def is_known(error: AwsError) -> bool:
    """Tell whether the error's class was decided, rather than taken for want of knowledge."""
    if isinstance(error, ClientError):
        return code_of(error) in CODES or tells_of_trouble(status_of(error))
    return isinstance(error, tuple(_REQUEST_ERRORS))


def translate(error: AwsError, text: str) -> PublishError:
    """Return the error as one of our own, of its class."""
    return class_of(error)(text)


def answered(entry: Mapping[str, Any], operation: str) -> ClientError:
    """Return what an answer says of one failed entry as the error that it would be alone.

    Args:
        entry: Its `Code`, `Message` and `SenderFault`.
        operation: What was asked.
    """
    status = _BAD_REQUEST if entry["SenderFault"] else _SERVER_ERROR
    response: Any = {
        "Error": {"Code": entry["Code"], "Message": entry.get("Message", "")},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, operation)


def _class_of_answer(error: ClientError) -> FailureClass:
    if tells_of_trouble(status_of(error)):
        return TransientError
    return CODES.get(code_of(error), TransientError)
