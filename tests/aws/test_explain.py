"""Errors of AWS become a line that says what to do."""

from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    UnknownServiceError,
)

from consumer.aws.explain import explain


def answer(code: str) -> ClientError:
    """An error that a service answers with."""
    response: Any = {"Error": {"Code": code, "Message": "text of AWS"}}
    return ClientError(response, "GetTopicAttributes")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (answer("ResourceNotFoundException"), "x: doesn't exist in this account and region"),
        (answer("NotFound"), "x: doesn't exist in this account and region"),
        (answer("AccessDeniedException"), "x: GetTopicAttributes is not allowed; grant it"),
        (answer("ExpiredToken"), "x: the credentials are not accepted (ExpiredToken)"),
        (answer("404"), "x: doesn't exist in this account and region"),
        (answer("NoSuchBucket"), "x: doesn't exist in this account and region"),
        (answer("PermanentRedirect"), "x: is not in this region; name one that is"),
        (answer("KMS.DisabledException"), "x: its KMS key can't be used; fix the key"),
        (answer("RequestTimeTooSkewed"), "x: this host's clock is wrong; set it"),
        (answer("NoSuchKey"), "x: is not there any more; a lifecycle rule"),
        (answer("Odd"), "x: GetTopicAttributes failed: Odd: text of AWS"),
        (NoCredentialsError(), "x: no credentials were found; set AWS_PROFILE"),
        (
            CredentialRetrievalError(provider="a role", error_msg="late"),
            "x: no credentials can be had (Error when retrieving credentials from a role: late)",
        ),
        (NoRegionError(), "x: no region is set; set AWS_REGION"),
        (EndpointConnectionError(endpoint_url="http://y"), "x: can't be reached"),
        (UnknownServiceError(service_name="y", known_service_names="z"), "x: Unknown service"),
        (ValueError("odd"), "x: odd"),
    ],
)
def test_each_kind_of_error_has_its_line(error: Exception, line: str) -> None:
    """The thing first, then what is wrong with it."""
    assert explain("x", error).startswith(line)
