"""What an error of AWS means to a person: the thing, what is wrong with it, what to do."""

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

NO_CREDENTIALS = (
    "no credentials were found; set AWS_PROFILE or AWS_ACCESS_KEY_ID, or give the host a role"
)
_NOT_FOUND = frozenset(
    {
        "AWS.SimpleQueueService.NonExistentQueue",
        "NotFound",
        "NotFoundException",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
    }
)
_DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException"}
)
_BAD_CREDENTIALS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


def explain(thing: str, error: Exception) -> str:
    """Return one line about an error that a call about `thing` raised."""
    if isinstance(error, ClientError):
        text = _explain_answer(error)
    elif isinstance(error, BotoCoreError):
        text = _explain_request(error)
    else:
        text = str(error)
    return f"{thing}: {' '.join(text.split())}"


def _explain_answer(error: ClientError) -> str:
    answer = error.response.get("Error", {})
    code, text = answer.get("Code", ""), answer.get("Message", "")
    if code in _NOT_FOUND:
        return "doesn't exist in this account and region; create it or correct the name"
    if code in _DENIED:
        return f"{error.operation_name} is not allowed; grant it to this role ({text})"
    if code in _BAD_CREDENTIALS:
        return f"the credentials are not accepted ({code}); renew or correct them"
    return f"{error.operation_name} failed: {code}: {text}"


def _explain_request(error: BotoCoreError) -> str:
    if isinstance(error, NoCredentialsError | PartialCredentialsError | CredentialRetrievalError):
        return NO_CREDENTIALS
    if isinstance(error, NoRegionError):
        return "no region is set; set AWS_REGION or regionName"
    if isinstance(error, EndpointConnectionError | BotoConnectionError):
        return f"can't be reached ({error}); check the region, the network and the endpoint"
    return str(error)
