"""An http:// endpoint of another machine is refused unless a setting allows it."""

import pytest

from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.endpoints import check_endpoints
from consumer.settings.function import function_settings
from consumer.settings.resolve import resolve
from tests.settings.samples import TOPIC

REFUSING = {"allow_http_endpoints": False}
ELSEWHERE = "http://emulator:8000"
FUNCTION = {"PUBLISHER_TABLE": "orders", "PUBLISHER_TOPIC_ARN": TOPIC}
WORKER = {**FUNCTION, "KCL_APPLICATION_NAME": "app"}


def refused(environ: dict[str, str], profile: dict[str, str] | None = None) -> list[str]:
    """What is refused by name."""
    lines = check_endpoints(environ, profile or {}, REFUSING)
    return [line.partition(": is an http:// endpoint")[0] for line in lines]


@pytest.mark.parametrize(
    "url",
    [
        ELSEWHERE,
        "HTTP://sns.eu-west-1.amazonaws.com",
        " http://10.0.0.7:4566",
        "http://[fd00::1]:8000",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@emulator",
        "http://127.0.0.1:80@emulator:80/127.0.0.1",
        "http://emulator\\@127.0.0.1",
        "http://[emulator",
        "http://",
    ],
)
def test_what_leaves_this_machine_unencrypted_is_refused(url: str) -> None:
    """Whatever it is called."""
    assert refused({"AWS_ENDPOINT_URL": url}) == ["AWS_ENDPOINT_URL"]


@pytest.mark.parametrize(
    "url",
    [
        "https://vpce-1.sns.eu-west-1.vpce.amazonaws.com",
        "http://127.0.0.1:8000",
        "http://127.9.9.9",
        "http://[::1]:8000",
        "http://LOCALHOST:8000/path?a=b#c",
        "http://me:secret@localhost",
        "http://sns.localhost",
        "emulator:8000",
        "",
    ],
)
def test_everything_else_is_not(url: str) -> None:
    """What is encrypted, what stays on this machine, and what is no URL for either SDK."""
    assert refused({"AWS_ENDPOINT_URL": url}) == []


def test_every_place_that_names_an_endpoint_is_looked_at() -> None:
    """Variables of both SDKs, options of the Java machine, the profile; other variables aren't."""
    environ = {
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": ELSEWHERE,
        "AWS_ENDPOINT_URL_SNS": ELSEWHERE,
        "JAVA_TOOL_OPTIONS": f"-Xmx1g -Daws.endpointUrlDynamoDb={ELSEWHERE}",
        "JDK_JAVA_OPTIONS": f"-Daws.endpointUrl={ELSEWHERE} -Dother={ELSEWHERE}",
        "HTTP_PROXY": ELSEWHERE,
    }

    assert refused(environ, {"endpoint_url of the profile": ELSEWHERE}) == [
        "endpoint_url of the profile",
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS",
        "AWS_ENDPOINT_URL_SNS",
        "aws.endpointUrlDynamoDb in JAVA_TOOL_OPTIONS",
        "aws.endpointUrl in JDK_JAVA_OPTIONS",
    ]


def test_a_password_in_it_is_not_repeated() -> None:
    """The line goes to the log."""
    (line,) = check_endpoints({"AWS_ENDPOINT_URL": "http://me:secret@emulator"}, {}, REFUSING)

    assert "secret" not in line


@pytest.mark.parametrize("found", [{"allow_http_endpoints": True}, {}])
def test_a_setting_allows_all_of_them(found: dict[str, bool]) -> None:
    """And one that can't be read has a line of its own."""
    assert list(check_endpoints({"AWS_ENDPOINT_URL": ELSEWHERE}, {}, found)) == []


def test_a_worker_and_its_commands_refuse_all_at_once() -> None:
    """Keys of KCL and of the publisher too."""
    environ = {
        **WORKER,
        "AWS_ENDPOINT_URL_S3": ELSEWHERE,
        "KCL_DYNAMO_DB_ENDPOINT": ELSEWHERE,
        "PUBLISHER_JAVA_OPTIONS": f"-Daws.endpointUrl={ELSEWHERE}",
    }
    with pytest.raises(ConfigurationError) as caught:
        resolve({}, environ, {"endpoint_url of the profile": ELSEWHERE})

    assert len(caught.value.mistakes) == 4
    resolve({}, {**environ, "PUBLISHER_ALLOW_HTTP_ENDPOINTS": "true"})


def test_a_function_refuses_them_too() -> None:
    """By its environment."""
    environ = {**FUNCTION, "AWS_ENDPOINT_URL": ELSEWHERE}
    with pytest.raises(ConfigurationError, match="AWS_ENDPOINT_URL: is an http://"):
        function_settings(environ)

    function_settings({**environ, "PUBLISHER_ALLOW_HTTP_ENDPOINTS": "true"})
