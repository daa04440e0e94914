"""KCL's three tables as they are created: keys, index, billing, protection, tags, recovery.

What KCL would create: its DynamoDBLeaseSerializer, WorkerMetricStats and CoordinatorStateDAO.
Only the index of the lease table is created with its table, where KCL adds it later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consumer.settings.forms import read_tags
from consumer.settings.kcl import BillingMode, KclSettings

LEASE_INDEX = "LeaseOwnerToLeaseKeyIndex"
"""The index by which a worker finds its leases."""

_KCL_CAPACITY = 10
"""KCL's own capacity of a provisioned table."""


@dataclass(frozen=True, slots=True)
class TableForm:
    """A table as it is created.

    Attributes:
        request: The arguments of CreateTable.
        is_recoverable: Whether point-in-time recovery is enabled.
    """

    request: Mapping[str, Any]
    is_recoverable: bool

    @property
    def name(self) -> str:
        """The table's name."""
        return str(self.request["TableName"])

    @property
    def index(self) -> Mapping[str, Any] | None:
        """The table's index; None if it has none."""
        indexes = self.request.get("GlobalSecondaryIndexes", [None])
        return dict(indexes[0]) if indexes[0] else None


def table_forms(kcl: KclSettings) -> tuple[TableForm, ...]:
    """Return the forms of all three tables."""
    return lease_form(kcl), _report_form(kcl), coordinator_form(kcl)


def lease_form(kcl: KclSettings) -> TableForm:
    """Return the form of the lease table, which KCL never provisions."""
    request = {
        **_table(kcl.lease_table, "leaseKey"),
        "AttributeDefinitions": [_attribute("leaseKey"), _attribute("leaseOwner")],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": LEASE_INDEX,
                "KeySchema": [_key("leaseOwner", "HASH"), _key("leaseKey", "RANGE")],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        **_billing(None, None, None),
        **_protection(kcl.lease_table_deletion_protection_enabled),
    }
    return TableForm(request, bool(kcl.lease_table_pitr_enabled))


def _report_form(kcl: KclSettings) -> TableForm:
    request = {
        **_table(kcl.worker_metrics_table, "wid"),
        **_billing(
            kcl.worker_metrics_billing_mode,
            kcl.worker_metrics_read_capacity,
            kcl.worker_metrics_write_capacity,
        ),
        **_protection(kcl.worker_metrics_deletion_protection_enabled),
        **_tags(kcl.worker_metrics_tags),
    }
    return TableForm(request, bool(kcl.worker_metrics_point_in_time_recovery_enabled))


def coordinator_form(kcl: KclSettings) -> TableForm:
    """Return the form of the coordinator's table."""
    request = {
        **_table(kcl.coordinator_state_table, "key"),
        **_billing(
            kcl.coordinator_state_billing_mode,
            kcl.coordinator_state_read_capacity,
            kcl.coordinator_state_write_capacity,
        ),
        **_protection(kcl.coordinator_state_deletion_protection_enabled),
        **_tags(kcl.coordinator_state_tags),
    }
    return TableForm(request, bool(kcl.coordinator_state_point_in_time_recovery_enabled))


def _table(name: str, key: str) -> dict[str, Any]:
    return {
        "TableName": name,
        "KeySchema": [_key(key, "HASH")],
        "AttributeDefinitions": [_attribute(key)],
    }


def _key(name: str, kind: str) -> Mapping[str, str]:
    return {"AttributeName": name, "KeyType": kind}


def _attribute(name: str) -> Mapping[str, str]:
    return {"AttributeName": name, "AttributeType": "S"}


def _billing(mode: BillingMode | None, read: int | None, write: int | None) -> dict[str, Any]:
    if mode != "PROVISIONED":
        return {"BillingMode": "PAY_PER_REQUEST"}
    capacity = {
        "ReadCapacityUnits": read or _KCL_CAPACITY,
        "WriteCapacityUnits": write or _KCL_CAPACITY,
    }
    return {"BillingMode": mode, "ProvisionedThroughput": capacity}


def _protection(is_on: bool | None) -> dict[str, Any]:  # noqa: FBT001 - a setting's value
    return {"DeletionProtectionEnabled": True} if is_on else {}


def _tags(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    return {"Tags": [{"Key": key, "Value": value} for key, value in read_tags(text).items()]}
