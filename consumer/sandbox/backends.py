"""Both servers together, with the environment that leads every SDK to them."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.config import Config

from consumer.sandbox.ministack import Ministack
from consumer.sandbox.moto_server import MotoServer

REGION = "eu-west-1"
_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox"}


class Sandbox:
    """ministack and moto's server, started together and ended at the end of the `with`."""

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self.folder = Path(tempfile.mkdtemp(prefix="stream-publisher-"))
            stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self.tables = Ministack(self.folder)
            stack.callback(self.tables.stop)
            self.topics = MotoServer(self.folder)
            stack.callback(self.topics.stop)
            self.tables.wait_until_ready()
            self.topics.wait_until_ready()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def settings(self) -> dict[str, str]:
        """The variables that lead every SDK to the two servers."""
        return {
            **_CREDENTIALS,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL_DYNAMODB": self.tables.url,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": self.tables.url,
            # An address rather than a name: the bucket then stands in the path, for every SDK.
            "AWS_ENDPOINT_URL_S3": self.topics.url,
            "AWS_ENDPOINT_URL_SNS": self.topics.url,
            "AWS_ENDPOINT_URL_SQS": self.topics.url,
            "AWS_ENDPOINT_URL_STS": self.topics.url,
            "AWS_ENDPOINT_URL_CLOUDWATCH": self.topics.url,
            "AWS_ENDPOINT_URL_IAM": self.topics.url,
        }

    def environment(self) -> dict[str, str]:
        """This process's environment, led to the two servers."""
        return _without_ours(os.environ) | self.settings()

    def client(self, service: Any) -> Any:  # noqa: ANN401 - boto3's clients have no common type
        """A boto3 client of one of the services."""
        served_by_tables = service in {"dynamodb", "dynamodbstreams"}
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.tables.url if served_by_tables else self.topics.url,
            aws_access_key_id="sandbox",
            aws_secret_access_key="sandbox",  # noqa: S106 - nothing checks it
            config=Config(retries={"mode": "standard", "total_max_attempts": 3}),
        )


def _without_ours(environ: Mapping[str, str]) -> dict[str, str]:
    """Leave out what would lead to AWS, or change how the daemon runs."""
    unwanted = ("AWS_", "KCL_", "PUBLISHER_")
    kept = {name: value for name, value in environ.items() if not name.startswith(unwanted)}
    bundle = environ.get("AWS_CA_BUNDLE")
    return kept | ({"AWS_CA_BUNDLE": bundle} if bundle else {})
