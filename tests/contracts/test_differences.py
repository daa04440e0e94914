"""The differences between servers and AWS are ones that AWS's own document shows."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.loaders import Loader

from tests.contracts import test_streams
from tests.contracts.differences import DIFFERENCES, Difference

SERVICE = "dynamodbstreams"


def document(kind: str) -> dict[str, Any]:
    """One of the files that botocore carries for the streams API."""
    return dict(Loader().load_service_model(SERVICE, kind))


def text_of(source: str) -> str:
    """What AWS says at a source: its words, then its constraints."""
    api = document("service-2")
    if source.startswith("example "):
        return json.dumps(document("examples-1")["examples"][source.removeprefix("example ")])
    name, _, member = source.partition(".")
    shape = api["operations"].get(name) or api["shapes"][name]
    return words(shape["members"][member] if member else shape)


def words(shape: Mapping[str, Any]) -> str:
    """The words of an operation, a shape or a member, without tags, and its constraints."""
    told = re.sub("<[^>]+>", "", shape.get("documentation", ""))
    limits = ", ".join(f"{bound} {shape[bound]}" for bound in ("min", "max") if bound in shape)
    required = ", ".join(shape.get("required", ()))
    values = ", ".join(shape.get("enum", ()))
    return f"{told} {limits} required {required} one of {values}"


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda each: f"{each.oracle}-{each.test}")
def test_aws_says_otherwise(difference: Difference) -> None:
    """In the words that the file quotes."""
    assert difference.says in text_of(difference.source)


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda each: f"{each.oracle}-{each.test}")
def test_a_test_shows_it(difference: Difference) -> None:
    """One of the contract's."""
    assert hasattr(test_streams, difference.test)
