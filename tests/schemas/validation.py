"""Messages held to the schemas of their form.

`cloudevents-1.0.json` is the CloudEvents specification's own schema of an event, of its repository
cloudevents/spec (Apache-2.0), cloudevents/formats/cloudevents.json.
"""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from referencing import Registry, Resource

from consumer.local.subscription import Received, Subscription
from consumer.publishing.claim_check import location_in
from tests.places import ROOT

SCHEMAS = ROOT / "schemas"


def check_message(body: str, attributes: Mapping[str, Any]) -> None:
    """Hold a message's body and attributes to the schemas.

    Raises:
        ValidationError: It has another form than its schema says.
    """
    form = attributes.get("envelope", "list/1")
    schema_named("attributes-1.json").validate(dict(attributes))
    document = json.loads(body)
    schema_named(f"{form.replace('/', '-')}.json").validate(document)
    if form == "cloudevents/1":
        for event in document:
            cloud_event().validate(event)


@cache
def schema_named(name: str) -> Draft202012Validator:
    """Return what validates by one of the repository's schemas."""
    files = {file.name: json.loads(file.read_text()) for file in SCHEMAS.glob("*.json")}
    registry: Any = Registry().with_resources(
        (each, Resource.from_contents(schema)) for each, schema in files.items()
    )
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(files[name], registry=registry, format_checker=checker)


@cache
def cloud_event() -> Any:  # noqa: ANN401 - jsonschema's validator of its draft
    """Return what validates by CloudEvents' own schema."""
    schema = json.loads((ROOT / "tests/schemas/cloudevents-1.0.json").read_text())
    kind = validator_for(schema)
    return kind(schema, format_checker=kind.FORMAT_CHECKER)


class CheckedSubscription(Subscription):
    """Receives messages, and holds each to the schema of its form."""

    def receive(self, wait_seconds: int = 1) -> list[Received]:
        """Return the next messages; raise where one has no such form."""
        received = super().receive(wait_seconds)
        for message in received:
            is_pointer = location_in(message.body) is not None
            if "table" in message.attributes and not is_pointer:
                check_message(message.body, message.attributes)
        return received
