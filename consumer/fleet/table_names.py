"""The names of KCL's three tables."""

from dataclasses import dataclass

from consumer.settings.kcl import KclSettings


@dataclass(frozen=True, slots=True)
class TableNames:
    """The names of the tables of an application.

    Attributes:
        leases: The lease table. Its key is `leaseKey`.
        reports: The workers' reports of their load. Its key is `wid`.
        coordinator: The leader's lock, and rows of this program. Its key is `key`.
    """

    leases: str
    reports: str
    coordinator: str

    def with_keys(self) -> tuple[tuple[str, str], ...]:
        """Each table's name and the name of its key."""
        return (self.leases, "leaseKey"), (self.reports, "wid"), (self.coordinator, "key")


def table_names(kcl: KclSettings) -> TableNames:
    """Return the names that these settings give."""
    return TableNames(kcl.lease_table, kcl.worker_metrics_table, kcl.coordinator_state_table)
