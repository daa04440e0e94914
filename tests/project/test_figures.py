"""Figures in documents and pictures are those that were kept."""

import re

import pytest

from benchmarks import results
from benchmarks.document import DOCUMENTS, table_of, written_in
from benchmarks.picture import PICTURE, draw
from tests.places import ROOT

SCENARIOS = sorted(kept.stem for kept in results.FOLDER.glob("*.json"))
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_documents_have_the_kept_figures(scenario: str) -> None:
    """`scripts/bench SCENARIO --keep` writes both; neither is edited by hand."""
    table = table_of(scenario, results.kept(scenario))
    texts = [document.read_text() for document in DOCUMENTS]

    assert [written_in(text, scenario, table) for text in texts] == texts
    assert any(table in text for text in texts)


def test_a_place_for_figures_that_nobody_kept_is_empty() -> None:
    """What isn't measured yet isn't claimed."""
    places = [
        (scenario, table)
        for document in DOCUMENTS
        for scenario, table in re.findall(
            r"<!-- figures: (\w+) -->\n(.*?)<!-- end of figures -->",
            document.read_text(),
            flags=re.DOTALL,
        )
    ]

    assert {scenario for scenario, table in places if table} == set(SCENARIOS)


def test_the_picture_is_drawn_from_the_kept_figures() -> None:
    """And is the same each time."""
    assert PICTURE.read_text() == draw(results.kept("throughput"))
    assert f"]({PICTURE.relative_to(ROOT)})" in README


def test_the_picture_loads_nothing() -> None:
    """A reader's browser asks nobody but who has the README."""
    assert re.findall(r"(?:href|src)=.https?:", PICTURE.read_text()) == []
    assert "<script" not in PICTURE.read_text()


def test_the_readme_has_no_figure_of_speed_beside_the_table() -> None:
    """Prose with a number in it would stay when the number has changed."""
    section = README.split("## How fast\n")[1].split("\n## ")[0]
    prose = re.sub(r"<!-- figures: .*?<!-- end of figures -->", "", section, flags=re.DOTALL)

    assert re.findall(r"\d[\d.,]* (?:times|records|seconds|calls)", prose) == []
