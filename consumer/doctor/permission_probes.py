"""Finds out what is allowed: by calls without effect, or by asking IAM."""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from consumer.aws.errors import AWS_ERRORS, is_decided
from consumer.aws.explain import explain, is_denied
from consumer.fleet.table_forms import LEASE_INDEX

NOBODY = "stream-publisher-doctor"
"""A key that no row has."""

Trial = Callable[[Any], object]
"""A call on a boto3 client of DynamoDB."""


def is_allowed(call: Callable[[], object]) -> bool:
    """Make a call; return whether it is allowed, even if it fails for another reason.

    Raises what boto3 raises if nothing was decided: without credentials, or with an error 500.
    """
    try:
        call()
    except ClientError as error:
        if not is_decided(error):
            raise
        return not is_denied(error)
    return True


def table_trials(name: str, key: str) -> Iterator[tuple[str, Trial]]:
    """Yield each action on the rows of a table with a call that changes nothing.

    A write has a condition that can't hold, so it fails after AWS has found it allowed.
    """
    row = {key: {"S": NOBODY}}
    there = {"ConditionExpression": f"attribute_exists({key})"}
    yield "dynamodb:Scan", lambda tables: tables.scan(TableName=name, Limit=1)
    yield "dynamodb:GetItem", lambda tables: tables.get_item(TableName=name, Key=row)
    yield "dynamodb:PutItem", lambda tables: tables.put_item(TableName=name, Item=row, **there)
    yield "dynamodb:UpdateItem", lambda tables: tables.update_item(TableName=name, Key=row, **there)
    yield "dynamodb:DeleteItem", lambda tables: tables.delete_item(TableName=name, Key=row, **there)


def index_trial(name: str) -> Trial:
    """Return a query of the lease table's index that finds no row."""
    return lambda tables: tables.query(
        TableName=name,
        IndexName=LEASE_INDEX,
        KeyConditionExpression="leaseOwner = :nobody",
        ExpressionAttributeValues={":nobody": {"S": NOBODY}},
        Limit=1,
    )


class Simulator:
    """Asks IAM what this caller may do.

    Args:
        caller: The caller's ARN, from STS.
        iam: A boto3 client of IAM.
    """

    def __init__(self, caller: str, iam: Any) -> None:  # noqa: ANN401 - boto3's client
        self._principal, self._iam = principal_of(caller), iam

    def allows(self, action: str, resource: str) -> bool:
        """Whether the caller's own policies allow an action. Resource policies are not checked.

        Raises:
            ValueError: IAM gives no answer.
        """
        try:
            answer = self._iam.simulate_principal_policy(
                PolicySourceArn=self._principal, ActionNames=[action], ResourceArns=[resource]
            )
        except AWS_ERRORS as error:
            raise ValueError(explain(f"iam:SimulatePrincipalPolicy for {action}", error)) from error
        return all(each["EvalDecision"] == "allowed" for each in answer["EvaluationResults"])


def principal_of(caller: str) -> str:
    """Return the ARN whose policies count: for an assumed role, the role's.

    The caller's ARN lacks the role's path. IAM then answers that there is no such role.
    """
    head, _, name = caller.rpartition(":")
    if not name.startswith("assumed-role/"):
        return caller
    return f"{head.replace(':sts:', ':iam:')}:role/{name.split('/')[1]}"
