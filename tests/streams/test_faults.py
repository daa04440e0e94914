"""Requests that go wrong, as an SDK sees them."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from consumer.sandbox.proxy import Request
from tests.streams import faults
from tests.streams.api import Api
from tests.streams.clients import bare_client
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.stream import SimulatedStream

STREAM = SimulatedStream("orders")


@pytest.fixture
def endpoint() -> Iterator[StreamsEndpoint]:
    """A stream behind a URL."""
    with StreamsEndpoint(STREAM) as serving:
        yield serving


def describe(endpoint: StreamsEndpoint) -> Any:  # noqa: ANN401 - boto3's answer
    """Describe the stream, in one try."""
    return bare_client("dynamodbstreams", endpoint.url).describe_stream(StreamArn=STREAM.arn)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (faults.throttled, 400, "ProvisionedThroughputExceededException"),
        (faults.limited, 400, "LimitExceededException"),
        (faults.throttled_by_front, 400, "ThrottlingException"),
        (faults.internal_error, 500, "InternalServerError"),
        (faults.unavailable, 503, "503"),
        (faults.gone, 400, "ResourceNotFoundException"),
    ],
)
def test_an_error_comes_with_its_status_and_code(
    endpoint: StreamsEndpoint, fault: faults.Fault, status: int, code: str
) -> None:
    """And the next request is answered, once the fault is over."""
    endpoint.fault = fault
    with pytest.raises(ClientError) as caught:
        describe(endpoint)
    endpoint.fault = faults.none

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert caught.value.response["Error"]["Code"] == code
    assert describe(endpoint)["StreamDescription"]["StreamArn"] == STREAM.arn


def test_a_connection_is_dropped(endpoint: StreamsEndpoint) -> None:
    """Without an answer."""
    endpoint.fault = faults.dropped

    with pytest.raises(ConnectionClosedError):
        describe(endpoint)


def test_a_slow_answer_comes_all_the_same(endpoint: StreamsEndpoint) -> None:
    """Late, but right."""
    endpoint.fault = faults.slow(0.05)

    assert describe(endpoint)["StreamDescription"]["StreamArn"] == STREAM.arn


def test_a_script_is_met_in_order_by_the_operations_it_names(endpoint: StreamsEndpoint) -> None:
    """Others pass, and what was met is counted."""
    script = faults.Script()
    script.plan("DescribeStream", faults.throttled, times=2)
    script.plan("DescribeStream", faults.internal_error)
    script.plan("GetRecords", faults.dropped)
    endpoint.fault = script
    codes = []
    for _ in range(3):
        with pytest.raises(ClientError) as caught:
            describe(endpoint)
        codes.append(caught.value.response["Error"]["Code"])
    describe(endpoint)

    throttled = "ProvisionedThroughputExceededException"
    assert codes == [throttled, throttled, "InternalServerError"]
    assert script.done == {
        ("DescribeStream", "throttled"): 2,
        ("DescribeStream", "internal_error"): 1,
    }
    assert not script.is_over


def test_a_fault_can_be_one_operations_own(endpoint: StreamsEndpoint) -> None:
    """Others pass."""
    endpoint.fault = faults.only("GetRecords", faults.dropped)

    assert describe(endpoint)["StreamDescription"]["StreamArn"] == STREAM.arn


def test_a_share_of_requests_goes_wrong_the_same_way_for_a_seed() -> None:
    """About so many, and neither none nor all."""
    request = Request("GetRecords", b"{}")
    runs = [faults.sometimes(0.3, [faults.throttled, faults.unavailable], seed) for seed in (7, 7)]
    met = [[run(request) for _ in range(1000)] for run in runs]
    wrong = [answer for answer in met[0] if answer is not None]

    assert met[0] == met[1]
    assert 200 < len(wrong) < 400
    assert {answer.status for answer in wrong} == {400, 503}


def test_an_unknown_operation_is_refused() -> None:
    """As is a body that is no JSON."""
    api = Api(STREAM)

    assert b"UnknownOperationException" in api.answer(Request("PutItem", b"{}")).body
    assert b"SerializationException" in api.answer(Request("GetRecords", b"{")).body
