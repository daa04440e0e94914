"""Answers that no service gave: an empty body, a proxy's page, half an answer.

botocore reads some of them as success: a cut JSON body is an answer without members, and any body
at all is a PutObject's. Others raise whatever its parsers stumble over, and are not retried. So an
answer is looked at before it is parsed, and one that can't be read becomes an error 500 of its own
code. botocore treats S3's errors with status 200 in the same way.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from botocore.model import OperationModel

UNREADABLE = "UnreadableAnswer"
"""The code of such an error."""

_MEMBERS: Mapping[str, str] = {
    "CreateQueue": "QueueUrl",
    "DescribeStream": "StreamDescription",
    "DescribeTable": "Table",
    "GetCallerIdentity": "Arn",
    "GetRecords": "Records",
    "GetShardIterator": "ShardIterator",
    "GetTopicAttributes": "Attributes",
    "Publish": "MessageId",
    "Scan": "Items",
    "SendMessage": "MessageId",
    "Subscribe": "SubscriptionArn",
}
"""What a good answer must have, for each operation whose answers all have something in common."""

_OBJECTS = frozenset({"GetObject", "PutObject"})
"""Operations of S3 whose body is not read here; S3 names an object's ETag in a header."""

REQUEST_TIMEOUT = 408
_ERROR = 300
_BAD_REQUEST = 400
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What came for a call.

    Attributes:
        asked: The operation that was asked for.
        status: The HTTP status.
        headers: The headers, by names in lower case.
        body: The body: bytes, or a stream of S3's.
    """

    asked: OperationModel
    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def is_error(self) -> bool:
        """Whether the status tells of one."""
        return self.status >= _ERROR

    @property
    def is_refusal(self) -> bool:
        """Whether it refuses the call, rather than send the caller elsewhere or run out of time."""
        return self.status >= _BAD_REQUEST and self.status != REQUEST_TIMEOUT


def is_readable(answer: Answer) -> bool:
    """Tell whether an answer can be the service's; from status 500 on, botocore reads any."""
    check = _CHECKS.get(answer.asked.service_model.resolved_protocol)
    return answer.status >= _SERVER_ERROR or check is None or check(answer)


def refuse_unreadable(
    operation_model: OperationModel,
    response_dict: dict[str, Any],
    customized_response_dict: dict[str, Any],
    **_rest: object,
) -> None:
    """Make an answer that can't be read an error 500; for the event `before-parse`."""
    status, body = response_dict["status_code"], response_dict["body"]
    headers = {name.lower(): value for name, value in response_dict["headers"].items()}
    if is_readable(Answer(operation_model, status, headers, body)):
        return
    size = f" and {len(body)} bytes" if isinstance(body, bytes) else ""
    service = operation_model.service_model.service_name
    text = f"status {status}{size}, which is no answer of {service}"
    customized_response_dict["Error"] = {"Code": UNREADABLE, "Message": text}
    response_dict.update(status_code=_SERVER_ERROR, body=b"")


def take_parsed_status(response: tuple[Any, dict[str, Any]] | None, **_rest: object) -> None:
    """Let the parsed answer's status decide on a retry; first for the event `needs-retry`."""
    if response is not None:
        http, parsed = response
        http.status_code = parsed["ResponseMetadata"].get("HTTPStatusCode", http.status_code)


def _is_json(answer: Answer) -> bool:
    """What is no JSON and refuses the call has its status as its code."""
    document = _json_in(answer.body)
    if answer.is_refusal:
        return document is None or isinstance(document, dict)
    if not answer.body and answer.asked.output_shape is None:
        return True
    member = _MEMBERS.get(answer.asked.name)
    return isinstance(document, dict) and (member is None or member in document)


def _json_in(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(body)
    except ValueError:
        return None


def _is_query(answer: Answer) -> bool:
    if answer.is_error:
        return _has_tags(answer.body, ["Error"])
    name, shape = answer.asked.name, answer.asked.output_shape
    wrapper = shape.serialization.get("resultWrapper") if shape else None
    return _has_tags(answer.body, filter(None, [f"{name}Response", wrapper, _MEMBERS.get(name)]))


def _has_tags(body: bytes, tags: Iterable[str]) -> bool:
    try:
        root = ET.fromstring(body)  # noqa: S314 - as botocore does next
    except ET.ParseError:
        return False
    return {element.tag.rpartition("}")[2] for element in root.iter()}.issuperset(tags)


def _is_s3(answer: Answer) -> bool:
    """S3 says nothing in answer to HEAD; where it sends a caller elsewhere, it always says where.

    Sent elsewhere by others, botocore would ask for the bucket's region, be sent elsewhere again,
    and so on without end. S3's own time-out has a code.
    """
    if not answer.is_error:
        return answer.asked.name not in _OBJECTS or "etag" in answer.headers
    if answer.body:
        return _has_tags(answer.body, ["Code"])
    return answer.is_refusal or "x-amz-bucket-region" in answer.headers


_CHECKS: Mapping[str, Callable[[Answer], bool]] = {
    "json": _is_json,
    "query": _is_query,
    "rest-xml": _is_s3,
}
