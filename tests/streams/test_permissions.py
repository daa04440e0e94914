"""A role that loses a permission and gets it back, as an SDK sees it."""

import pytest
from botocore.exceptions import ClientError

from tests.streams.clients import bare_client
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.permissions import Permissions
from tests.streams.stream import SimulatedStream


def test_operations_are_refused_until_they_are_allowed_again() -> None:
    """Others pass; the refusal names the action, and requests are counted."""
    stream, permissions = SimulatedStream("orders"), Permissions()
    with StreamsEndpoint(stream, fault=permissions) as endpoint:
        client = bare_client("dynamodbstreams", endpoint.url)
        permissions.deny("DescribeStream")
        with pytest.raises(ClientError) as caught:
            client.describe_stream(StreamArn=stream.arn)
        listed = client.list_streams()["Streams"]
        permissions.allow_all()
        described = client.describe_stream(StreamArn=stream.arn)["StreamDescription"]

    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
    assert "dynamodb:DescribeStream" in str(caught.value)
    assert [each["StreamArn"] for each in listed] == [described["StreamArn"]] == [stream.arn]
    assert permissions.asked == {"DescribeStream": 2, "ListStreams": 1}
    assert permissions.refused["DescribeStream"] == 1
