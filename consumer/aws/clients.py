"""boto3 clients, made in one way."""

import os
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config

from consumer.aws.answers import refuse_unreadable, take_parsed_status
from consumer.aws.form_encoding import encode

_CONNECT_SECONDS = 3.1
"""Just above three seconds, so that one lost SYN packet is sent again before we give up."""

_READ_SECONDS = 15

LONGEST_CALL_SECONDS = _CONNECT_SECONDS + _READ_SECONDS
"""How long a call that botocore tries once may take, but for an answer that comes in drops."""


def find_region(named: str | None, environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the region: the one named, else AWS_REGION's, else what boto3 finds.

    Java's SDK reads AWS_REGION and not AWS_DEFAULT_REGION; boto3 does the opposite.
    """
    return named or environ.get("AWS_REGION") or boto3.Session().region_name


def client(  # noqa: PLR0913 - what clients may differ in, each with a default
    service: Any,  # noqa: ANN401 - boto3's names and clients have no common type
    *,
    attempts: int = 1,
    region: str | None = None,
    endpoint: str | None = None,
    connections: int = 10,
    config: Config | None = None,
) -> Any:  # noqa: ANN401
    """Return a boto3 client with time-outs.

    Args:
        service: The service's name, as boto3 has it.
        attempts: How often botocore tries a call. 1 leaves retrying to the caller, who can log it.
        region: The region, if not the environment's.
        endpoint: The endpoint's URL, if not the environment's or AWS's own.
        connections: How many calls may be under way side by side.
        config: What is to be different.
    """
    usual = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": attempts},
        tcp_keepalive=True,
        max_pool_connections=connections,
    )
    made = boto3.client(
        service,
        region_name=find_region(region),
        endpoint_url=endpoint,
        config=usual.merge(config or Config()),
    )
    events, service_id = made.meta.events, made.meta.service_model.service_id.hyphenize()
    events.register("before-call", _write_form_once)
    events.register("before-parse", refuse_unreadable)
    # By the service's name, as botocore's own decision is registered: the general comes last.
    events.register_first(f"needs-retry.{service_id}", take_parsed_status)
    return made


def _write_form_once(params: dict[str, Any], **_rest: object) -> None:
    """Write a form's text here: botocore would do so twice, to sign it and to send it."""
    if isinstance(params["body"], dict):
        params["body"] = encode(params["body"])
