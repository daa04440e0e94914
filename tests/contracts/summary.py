"""Which streams the contract's tests ran on, told at the end of a test run."""

import re
from collections.abc import Iterable

import pytest

from tests.contracts.dynamodb_local import COPY

_CONTRACT = re.compile(
    r"tests/contracts/test_streams\.py::\w+\[(simulation|ministack|dynamodb-local)"
)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name them, and say how another one is added."""
    stats = terminalreporter.stats
    reports = [
        report for outcome in ("passed", "failed", "xfailed") for report in stats.get(outcome, [])
    ]
    if names := ran_on(report.nodeid for report in reports):
        hint = "" if COPY else "; DynamoDB Local too where DYNAMODB_LOCAL names a copy"
        terminalreporter.write_line(f"The streams' contract ran on: {', '.join(names)}{hint}")


def ran_on(tests: Iterable[str]) -> list[str]:
    """The streams in the names of tests."""
    return sorted({found[1] for found in map(_CONTRACT.match, tests) if found})
