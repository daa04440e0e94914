"""Who asks, and what IAM tells."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from consumer.doctor.permission_probes import Simulator, principal_of

ROLE = "arn:aws:iam::123456789012:role/publisher"
SESSION = "arn:aws:sts::123456789012:assumed-role/publisher/i-0abc"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:changes"


@pytest.mark.parametrize(
    ("caller", "principal"),
    [
        (SESSION, ROLE),
        ("arn:aws-cn:sts::123456789012:assumed-role/a/b", "arn:aws-cn:iam::123456789012:role/a"),
        ("arn:aws:iam::123456789012:user/ops", "arn:aws:iam::123456789012:user/ops"),
    ],
)
def test_an_assumed_role_stands_for_its_role(caller: str, principal: str) -> None:
    """Sessions have no policies."""
    assert principal_of(caller) == principal


@pytest.mark.parametrize(
    ("decision", "allowed"),
    [("allowed", True), ("implicitDeny", False), ("explicitDeny", False)],
)
def test_iams_decision_is_told(decision: str, allowed: bool) -> None:  # noqa: FBT001
    """About the role's policies."""
    iam = boto3.client("iam", region_name="eu-west-1", **_KEYS)
    result = {"EvalActionName": "sns:Publish", "EvalDecision": decision}
    with Stubber(iam) as stub:
        stub.add_response(
            "simulate_principal_policy",
            {"EvaluationResults": [result]},
            {
                "PolicySourceArn": ROLE,
                "ActionNames": ["sns:Publish"],
                "ResourceArns": [TOPIC],
            },
        )
        assert Simulator(SESSION, iam).allows("sns:Publish", TOPIC) == allowed


def test_who_may_not_ask_is_told_so() -> None:
    """It is no reason to call the permission missing."""
    iam = boto3.client("iam", region_name="eu-west-1", **_KEYS)
    with Stubber(iam) as stub:
        stub.add_client_error("simulate_principal_policy", "AccessDenied", "no")
        with pytest.raises(ValueError, match="SimulatePrincipalPolicy is not allowed"):
            Simulator(SESSION, iam).allows("sns:Publish", TOPIC)


_KEYS: Any = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
