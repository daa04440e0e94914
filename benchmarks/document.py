"""Tables of the kept figures in the documents; `scripts/bench --keep` writes them there."""

import re
from collections.abc import Mapping
from typing import Any

from benchmarks.figures import tables_of
from tests.places import ROOT

DOCUMENTS = tuple(ROOT / name for name in ("README.md", "docs/daemon.md", "docs/speed.md"))
_PLACE = "<!-- figures: {} -->\n"
_END = "<!-- end of figures -->"


def written_in(document: str, scenario: str, table: str) -> str:
    """Return a document with a scenario's table in its place; as it was where it has none."""
    place = re.escape(_PLACE.format(scenario))
    whole = re.compile(f"({place}).*?(?={re.escape(_END)})", re.DOTALL)
    return whole.sub(lambda found: found[1] + table, document)


def table_of(scenario: str, measured: Mapping[str, Any]) -> str:
    """Return a scenario's tables in Markdown, with a line that says where they are from."""
    tables = [_markdown(rows) for rows in tables_of(measured)]
    return "\n\n".join([_source(scenario, measured["machine"]), *tables]) + "\n"


def _markdown(table: list[list[str]]) -> str:
    head, *rows = (f"| {' | '.join(row)} |" for row in table)
    rule = "|" + " --- |" * len(table[0])
    return "\n".join([head, rule, *rows])


def _source(scenario: str, machine: Mapping[str, Any]) -> str:
    return (
        f"`scripts/bench {scenario}` on {machine['date']}: {machine['cores']} cores of "
        f"{machine['processor']}, {machine['memory_gib']:g} GiB, Python {machine['python']}, "
        f"{machine['java']}."
    )
