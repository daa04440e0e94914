"""Which calls a run makes, as IAM names them: action and resource."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from consumer.sandbox.proxy import Request

_ACCOUNT = "arn:aws:dynamodb:REGION:ACCOUNT"


@dataclass
class Calls:
    """Notes every call that passes.

    Attributes:
        made: Pairs of action and resource.
    """

    made: set[tuple[str, str]] = field(default_factory=set)

    def note(self, request: Request) -> None:
        """Note a call, which then passes."""
        if request.operation:
            asked = json.loads(request.body)
            self.made.add((f"dynamodb:{request.operation}", _resource(request.operation, asked)))
        else:
            # IAM has one action for a message and for ten of them.
            action = parse_qs(request.body.decode())["Action"][0].removesuffix("Batch")
            self.made.add((f"sns:{action}", "arn:aws:sns:REGION:ACCOUNT:TOPIC"))


def _resource(operation: str, asked: Mapping[str, Any]) -> str:
    """What a call to DynamoDB is about; iterators carry the stream in a form of their own."""
    if operation in {"GetRecords", "ListTables"}:
        return f"{_ACCOUNT}:table/TABLE/stream/LABEL"
    if "StreamArn" in asked:
        return re.sub(r".*:table/[^/]+", f"{_ACCOUNT}:table/TABLE", asked["StreamArn"])
    index = f"/index/{asked['IndexName']}" if "IndexName" in asked else ""
    return f"{_ACCOUNT}:table/{asked['TableName']}{index}"
