"""Every failure of a publish has a class."""

from typing import Any

import botocore.session
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

from consumer.delivery.error_classes import CODES, class_of, is_known
from consumer.publishing.errors import BatchError, OperatorError, TransientError, UnansweredError


def answer(code: str, status: int = 400) -> ClientError:
    """An error that SNS answers with."""
    response: Any = {
        "Error": {"Code": code, "Message": "no"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Publish")


ASKED = {
    "sns": ("Publish", "PublishBatch", "GetTopicAttributes"),
    "sqs": ("SendMessage",),
    "s3": ("PutObject",),
}


def modelled_codes() -> list[str]:
    """Every code that the service models name for what we ask of SNS, SQS and S3."""
    session = botocore.session.get_session()
    shapes = [
        shape
        for service, operations in ASKED.items()
        for operation in operations
        for shape in session.get_service_model(service).operation_model(operation).error_shapes
    ]
    return sorted({shape.metadata.get("error", {}).get("code", shape.name) for shape in shapes})


def test_the_model_names_errors() -> None:
    """Or the next test would say nothing."""
    assert len(modelled_codes()) > 25


@pytest.mark.parametrize("code", modelled_codes())
def test_every_error_of_the_service_model_has_a_class(code: str) -> None:
    """A new one must be thought about."""
    assert code in CODES


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("Throttling", TransientError),
        ("KMSThrottling", TransientError),
        ("InternalError", TransientError),
        ("NotFound", OperatorError),
        ("AuthorizationError", OperatorError),
        ("KMSDisabled", OperatorError),
        ("ExpiredToken", OperatorError),
        ("InvalidParameter", BatchError),
        ("BatchRequestTooLong", BatchError),
        ("NoSuchBucket", OperatorError),
        ("KMS.DisabledException", OperatorError),
        ("OperationAborted", TransientError),
    ],
)
def test_an_answer_has_the_class_of_its_code(code: str, expected: type[Exception]) -> None:
    """Passing, the operator's, or the batch's."""
    assert class_of(answer(code)) is expected


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_status_that_tells_of_load_or_trouble_there_passes(status: int) -> None:
    """Whatever the code is."""
    assert class_of(answer("AccessDenied", status)) is TransientError


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (EndpointConnectionError(endpoint_url="http://sns"), UnansweredError),
        (ConnectTimeoutError(endpoint_url="http://sns"), UnansweredError),
        (ReadTimeoutError(endpoint_url="http://sns"), UnansweredError),
        (NoCredentialsError(), OperatorError),
        (CredentialRetrievalError(provider="role", error_msg="no"), OperatorError),
        (ParamValidationError(report="no"), BatchError),
    ],
)
def test_a_request_that_got_no_answer_has_a_class(
    error: Any,  # noqa: ANN401 - botocore's errors are many types
    expected: type[Exception],
) -> None:
    """The network passes, credentials are the operator's, parameters the batch's."""
    assert class_of(error) is expected
    assert is_known(error)


def test_an_unknown_code_passes_and_is_known_to_be_unknown() -> None:
    """To try again loses nothing; the log says that nobody has thought about it."""
    assert class_of(answer("NeverHeardOf")) is TransientError
    assert not is_known(answer("NeverHeardOf"))
