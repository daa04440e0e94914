"""Which rights code in this process uses: every call of every client, as IAM names it."""

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore import UNSIGNED

from tests.project.policies import IAM_NAMES, allowed

Right = tuple[str, str]
"""Action and resource."""


@dataclass
class Rights:
    """Notes what was called in whose name.

    Attributes:
        words: The words of policy files for this run's names.
        used: The rights by who used them.
    """

    words: Mapping[str, str]
    used: dict[str, set[Right]] = field(default_factory=dict)

    @contextlib.contextmanager
    def of(self, whom: str) -> Iterator[None]:
        """Note the calls of every client that is made until the `with` ends."""
        used = self.used.setdefault(whom, set())

        def note(params: Mapping[str, Any], model: Any, context: Any, **_more: Any) -> None:  # noqa: ANN401
            if context["client_config"].signature_version is UNSIGNED:
                return  # nobody's call: it asks whether there is an answer
            rights = _rights(model.service_model.signing_name, model.name, params)
            used.update((action, self._in_words(resource)) for action, resource in rights)

        before = boto3.DEFAULT_SESSION
        boto3.setup_default_session()
        assert boto3.DEFAULT_SESSION
        boto3.DEFAULT_SESSION.events.register("provide-client-params", note)
        try:
            yield
        finally:
            boto3.DEFAULT_SESSION = before

    def _in_words(self, resource: str) -> str:
        for name, word in self.words.items():
            resource = resource.replace(name, word)
        return resource


def _rights(service: str, operation: str, params: Mapping[str, Any]) -> list[Right]:
    """What IAM asks for a call; a transaction is asked for what is in it."""
    if service == "sts":
        return []  # who one is may be asked by everybody
    if operation == "TransactWriteItems":
        writes = [write for item in params["TransactItems"] for write in item.items()]
        return [(f"dynamodb:{kind}Item", _resource(service, what)) for kind, what in writes]
    # IAM has one action for one message and for ten of them.
    action = IAM_NAMES.get(operation, operation).removesuffix("Batch")
    return [(f"{service}:{action}", _resource(service, params))]


def _resource(service: str, params: Mapping[str, Any]) -> str:
    """What a call is about; an iterator carries the stream in a form of its own."""
    if service == "s3":
        folder = f"/{params['Key'].split('/')[0]}/*" if "Key" in params else ""
        return f"arn:PARTITION:s3:::{params['Bucket']}{folder}"
    if service == "iam":
        return "arn:PARTITION:iam::ACCOUNT:role/ROLE"  # the caller's own
    start = f"arn:PARTITION:{service}:REGION:ACCOUNT:"
    if service == "dynamodb":
        index = "/index/*" if "IndexName" in params else ""
        is_table = "TableName" in params
        return start + (f"table/{params['TableName']}{index}" if is_table else _STREAM)
    if service == "sqs":
        name = params.get("QueueName") or params["QueueUrl"].rpartition("/")[2]
        return start + re.sub("(?<=^stream-publisher-listen-).*", "*", name)
    arn = params["TopicArn"] if "TopicArn" in params else params["SubscriptionArn"]
    return start + str(arn).split(":")[5]


_STREAM = "table/TABLE/stream/*"


def granted(policy: Mapping[str, Any], statements: set[str]) -> set[Right]:
    """The rights of some statements of a policy."""
    chosen = [each for each in policy["Statement"] if each["Sid"] in statements]
    return allowed({"Statement": chosen})


def sids(policy: Mapping[str, Any]) -> set[str]:
    """The names of a policy's statements."""
    return {each["Sid"] for each in policy["Statement"]}
