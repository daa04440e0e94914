"""What an error of AWS means to a person: the thing, what is wrong with it, what to do."""

from collections.abc import Mapping

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)
from botocore.exceptions import (
    ConnectionError as BotoConnectionError,
)

from consumer.aws.answers import UNREADABLE
from consumer.aws.errors import AWS_ERRORS
from consumer.problems import Problem

NO_CREDENTIALS = (
    "no credentials were found",
    "set AWS_PROFILE or AWS_ACCESS_KEY_ID, or give the host a role",
)
_NOT_FOUND = frozenset(
    {
        "404",  # S3 answers to HEAD without a word
        "AWS.SimpleQueueService.NonExistentQueue",
        "NoSuchBucket",
        "NotFound",
        "NotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
    }
)
_DENIED = frozenset(
    {
        "403",
        "AccessDenied",
        "AccessDeniedException",
        "AllAccessDisabled",
        "AuthorizationError",
        "AuthorizationErrorException",
    }
)
_BAD_CREDENTIALS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSecurity",
        "InvalidSignatureException",
        "InvalidToken",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
        "UnrecognizedClientException",
    }
)
KMS_CODES = frozenset(
    {
        "KMS.DisabledException",
        "KMS.InvalidKeyUsageException",
        "KMS.KMSInvalidStateException",
        "KMS.NotFoundException",
        "KMSAccessDenied",
        "KMSDisabled",
        "KMSInvalidState",
        "KMSNotFound",
        "KMSOptInRequired",
        "KmsAccessDenied",
        "KmsDisabled",
        "KmsInvalidKeyUsage",
        "KmsInvalidState",
        "KmsNotFound",
        "KmsOptInRequired",
    }
)
"""What KMS refuses, as the services that encrypt tell it."""
_ELSEWHERE = frozenset(
    {
        "301",
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
        "PermanentRedirect",
    }
)
_BAD_CLOCKS = frozenset({"RequestExpired", "RequestTimeTooSkewed"})
_UNREADABLE = ("its answer can't be read", "check network, proxies and endpoint ({text})")
_MEANINGS: Mapping[frozenset[str], tuple[str, str]] = {
    _NOT_FOUND: ("doesn't exist in this account and region", "create it or correct the name"),
    _DENIED: ("{operation} is not allowed", "grant it to this role ({text})"),
    _BAD_CREDENTIALS: ("the credentials are not accepted ({code})", "renew or correct them"),
    KMS_CODES: ("its KMS key can't be used", "fix the key or its policy ({code}: {text})"),
    _ELSEWHERE: ("is not in this region", "name one that is ({code}: {text})"),
    _BAD_CLOCKS: ("this host's clock is wrong", "set it ({text})"),
    frozenset({UNREADABLE}): _UNREADABLE,
    frozenset({"NoSuchKey"}): (
        "is not there any more",
        "a lifecycle rule or a subscriber removed it",
    ),
}
_OTHER = ("{operation} failed: {code}: {text}", "")


def explain(thing: str, error: Exception) -> str:
    """Return one line about an error that a call about `thing` raised."""
    return str(mistake_in(thing, error))


def mistake_in(thing: str, error: Exception) -> Problem:
    """Return what an error that a call about `thing` raised means."""
    if isinstance(error, ClientError):
        return Problem(thing, *_explain_answer(error))
    if isinstance(error, BotoCoreError):
        return Problem(thing, *_explain_request(error))
    if isinstance(error, AWS_ERRORS):
        wrong, fix = _UNREADABLE
        return Problem(thing, wrong, fix.format(text=type(error).__name__))
    return Problem(thing, str(error))


def is_denied(error: ClientError) -> bool:
    """Whether a service's answer is that this caller may not."""
    return error.response.get("Error", {}).get("Code", "") in _DENIED


def concerns_credentials(code: str) -> bool:
    """Whether a service's code says that other credentials might be taken, or be allowed to."""
    return code in _BAD_CREDENTIALS or code in _DENIED


def _explain_answer(error: ClientError) -> tuple[str, str]:
    answer = error.response.get("Error", {})
    code, text = answer.get("Code", ""), answer.get("Message", "")
    wrong, fix = next((words for codes, words in _MEANINGS.items() if code in codes), _OTHER)
    facts = {"operation": error.operation_name, "code": code, "text": text}
    return wrong.format(**facts), fix.format(**facts)


def _explain_request(error: BotoCoreError) -> tuple[str, str]:
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return NO_CREDENTIALS
    if isinstance(error, CredentialRetrievalError):
        return f"no credentials can be had ({error})", "fix where they come from"
    if isinstance(error, NoRegionError):
        return "no region is set", "set AWS_REGION or regionName"
    if isinstance(error, EndpointConnectionError | BotoConnectionError):
        return f"can't be reached ({error})", "check the region, the network and the endpoint"
    return str(error), ""
