"""Clients that show what a service itself says."""

from typing import Any

import boto3
from botocore.config import Config

from consumer.sandbox.backends import REGION


def bare_client(service: Any, url: str) -> Any:  # noqa: ANN401 - boto3's clients have no common type
    """A boto3 client that tries once and leaves it to the service to complain of parameters."""
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=url,
        aws_access_key_id="sandbox",
        aws_secret_access_key="sandbox",  # noqa: S106 - nothing checks it
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )
