"""What a policy of IAM allows."""

from typing import Any

# IAM allows to look at a bucket under another name than the call's.
IAM_NAMES = {"HeadBucket": "ListBucket"}


def allowed(policy: dict[str, Any]) -> set[tuple[str, str]]:
    """Pairs of action and resource."""
    return {
        (action, resource)
        for statement in policy["Statement"]
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }


def listed(value: str | list[str]) -> list[str]:
    """IAM writes a list of one as its only member."""
    return [value] if isinstance(value, str) else value
