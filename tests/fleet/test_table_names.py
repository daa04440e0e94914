"""The names of KCL's tables."""

from consumer.fleet.table_names import table_names
from consumer.settings.kcl import KclSettings


def test_each_table_is_named_with_its_key() -> None:
    """By KCL's defaults, of the application's name."""
    assert table_names(KclSettings(application_name="app")).with_keys() == (
        ("app", "leaseKey"),
        ("app-WorkerMetricStats", "wid"),
        ("app-CoordinatorState", "key"),
    )
