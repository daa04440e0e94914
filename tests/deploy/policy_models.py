"""Policies of queues and buckets for moto's CloudFormation, which knows them only by the API."""

import json
from dataclasses import dataclass
from typing import Any

import boto3
from moto.core.common_models import CloudFormationModel


@dataclass
class QueuePolicy(CloudFormationModel):
    """The policy of a stack's queue, made by a call that is checked like any other.

    Attributes:
        physical_resource_id: The queue's URL.
    """

    physical_resource_id: str

    @staticmethod
    def cloudformation_name_type() -> str:
        """It has no name."""
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        """Its type in a template."""
        return "AWS::SQS::QueuePolicy"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,  # noqa: ARG003 - moto's signature
        cloudformation_json: dict[str, Any],
        account_id: str,  # noqa: ARG003 - moto's signature
        region_name: str,
        **_more: object,
    ) -> "QueuePolicy":
        """Make the policy."""
        wanted = cloudformation_json["Properties"]
        (url,) = wanted["Queues"]
        policy = json.dumps(wanted["PolicyDocument"])
        queues = boto3.client("sqs", region_name=region_name)
        queues.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        return cls(url)


@dataclass
class BucketPolicy(CloudFormationModel):
    """The policy of a stack's bucket, made by a call that is checked like any other.

    Attributes:
        physical_resource_id: The bucket.
    """

    physical_resource_id: str

    @staticmethod
    def cloudformation_name_type() -> str:
        """It has no name."""
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        """Its type in a template."""
        return "AWS::S3::BucketPolicy"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,  # noqa: ARG003 - moto's signature
        cloudformation_json: dict[str, Any],
        account_id: str,  # noqa: ARG003 - moto's signature
        region_name: str,
        **_more: object,
    ) -> "BucketPolicy":
        """Make the policy."""
        wanted = cloudformation_json["Properties"]
        policy = json.dumps(wanted["PolicyDocument"])
        buckets = boto3.client("s3", region_name=region_name)
        buckets.put_bucket_policy(Bucket=wanted["Bucket"], Policy=policy)
        return cls(wanted["Bucket"])
