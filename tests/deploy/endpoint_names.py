"""The names of interface endpoints, which moto's CloudFormation doesn't give."""

from typing import Any

REGION = "eu-west-1"
_SERVICES = {
    "TablesEndpoint": "dynamodb",
    "StreamsEndpoint": "streams.dynamodb",
    "TopicEndpoint": "sns",
    "QueueEndpoint": "sqs",
}


def name_of(resource: str) -> str:
    """The regional name of an endpoint, as AWS makes it."""
    return f"vpce-1a2b3c4d-5e6f.{_SERVICES[resource]}.{REGION}.vpce.amazonaws.com"


def with_dns_entries(part: Any) -> Any:  # noqa: ANN401 - any part of a template
    """The template with each endpoint's names in place of the question for them.

    A zone's id stands before each name; the first name is the region's.
    """
    if isinstance(part, dict):
        asked = part.get("Fn::GetAtt")
        if asked and asked[1] == "DnsEntries":
            return [f"Z1HUB23UULQXV:{name_of(asked[0])}", f"Z1HUB23UULQXV:zone-{name_of(asked[0])}"]
        return {name: with_dns_entries(each) for name, each in part.items()}
    return [with_dns_entries(each) for each in part] if isinstance(part, list) else part
