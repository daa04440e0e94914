"""Alarms for moto's CloudFormation, which knows those of CloudWatch only by its API."""

from dataclasses import dataclass
from typing import Any

import boto3
from moto.core.common_models import CloudFormationModel


@dataclass
class AlarmModel(CloudFormationModel):
    """An alarm of a stack, made by a call that is checked like any other.

    Attributes:
        physical_resource_id: Its name.
        arn: Its ARN.
    """

    physical_resource_id: str
    arn: str

    @staticmethod
    def cloudformation_name_type() -> str:
        """The property that names it."""
        return "AlarmName"

    @staticmethod
    def cloudformation_type() -> str:
        """Its type in a template."""
        return "AWS::CloudWatch::Alarm"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        """Whether Fn::GetAtt may ask for it."""
        return attr == "Arn"

    def get_cfn_attribute(self, _attribute: str) -> str:
        """What Fn::GetAtt gives."""
        return self.arn

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,  # noqa: ARG003 - moto's signature
        region_name: str,
        **_more: object,
    ) -> "AlarmModel":
        """Make the alarm; the properties have the names of the call."""
        wanted = dict(cloudformation_json["Properties"])
        # A parameter's value is text; CloudFormation makes a number of it.
        wanted["Threshold"] = float(wanted["Threshold"])
        watch = boto3.client("cloudwatch", region_name=region_name)
        watch.put_metric_alarm(**wanted)
        (alarm,) = watch.describe_alarms(AlarmNames=[resource_name])["MetricAlarms"]
        return cls(alarm["AlarmName"], alarm["AlarmArn"])
