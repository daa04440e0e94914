"""What differs between AWS and the servers that the simulation is held to."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

FILE = Path(__file__).with_name("differences.toml")


@dataclass(frozen=True, slots=True)
class Difference:
    """What a server does and AWS documents otherwise; differences.toml says what each field is."""

    oracle: str
    test: str
    does: str
    source: str
    says: str
    case: str = ""

    def is_met_by(self, oracle: str, test: str, case: str) -> bool:
        """Whether a test of a server meets it."""
        return (oracle, test) == (self.oracle, self.test) and self.case in case

    def mark(self) -> pytest.MarkDecorator:
        """The test fails, and says so once it doesn't any more."""
        return pytest.mark.xfail(reason=f"{self.oracle}: {self.does}")


DIFFERENCES = tuple(Difference(**each) for each in tomllib.loads(FILE.read_text())["difference"])
"""All of them."""
