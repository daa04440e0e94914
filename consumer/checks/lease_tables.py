"""The lease tables, created before the first start."""

from collections.abc import Sequence

from consumer.checks.check import ProblemError, answered
from consumer.fleet.connections import tables_client
from consumer.fleet.table_creation import create_tables
from consumer.fleet.table_forms import TableForm
from consumer.settings.configuration import Configuration
from consumer.settings.configuration_error import ConfigurationError


def require_tables(configuration: Configuration, forms: Sequence[TableForm]) -> None:
    """Create the tables that are missing.

    Raises:
        ConfigurationError: With a line for each table that can't be created.
    """
    names = ", ".join(form.name for form in forms)
    client = tables_client(configuration)
    try:
        problems = answered(f"tables {names}", lambda: create_tables(client, forms))
    except ProblemError as error:
        problems = [error.problem]
    if problems:
        raise ConfigurationError([str(problem) for problem in problems])
