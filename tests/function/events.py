"""Events as Lambda hands them over."""

from typing import Any

from tests.builders import a_document

STREAM_ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026-01-31T12:00:00.000"


def a_function_record(number: int, event_name: str = "MODIFY") -> dict[str, Any]:
    """The record of `a_document` in Lambda's form: no absent image, and the time in seconds."""
    document = a_document(number, event_name)
    change = {name: value for name, value in document["dynamodb"].items() if value}
    change["ApproximateCreationDateTime"] /= 1000
    return {**document, "dynamodb": change, "eventSourceARN": STREAM_ARN}


def an_event(first: int, last: int) -> dict[str, Any]:
    """Records first to last, both included."""
    return {"Records": [a_function_record(number) for number in range(first, last + 1)]}
