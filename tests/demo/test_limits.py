"""The tour's topic keeps its limit."""

from urllib.parse import urlencode

from consumer.demo.limits import TopicLimit
from consumer.sandbox.proxy import Request

ATTRIBUTES = b"<Attributes><entry>x</entry></Attributes>"
LOOK = Request("", urlencode({"Action": "GetTopicAttributes"}).encode())


def told_after(**fields: str) -> bytes:
    """The topic's attributes after a request."""
    topic = TopicLimit()
    assert topic.instead(Request("", urlencode(fields).encode())) is None
    return topic.change(LOOK, ATTRIBUTES)


def test_a_limit_that_is_set_is_told() -> None:
    """Whether the topic is made with it, or gets it later."""
    wanted = (
        b"<Attributes><entry>x</entry>"
        b"<entry><key>MaximumMessageSize</key><value>2048</value></entry></Attributes>"
    )
    first = {"Attributes.entry.1.key": "MaximumMessageSize", "Attributes.entry.1.value": "2048"}
    later = {"AttributeName": "MaximumMessageSize", "AttributeValue": "2048"}

    assert told_after(Action="CreateTopic", **first) == wanted
    assert told_after(Action="SetTopicAttributes", **later) == wanted


def test_another_attribute_is_no_limit() -> None:
    """And a topic without one says nothing of it."""
    assert told_after(Action="SetTopicAttributes", AttributeName="DisplayName") == ATTRIBUTES
    assert told_after(Action="Publish", Message="m") == ATTRIBUTES
