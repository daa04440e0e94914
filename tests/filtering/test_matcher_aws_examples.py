"""AWS's own examples of filters do here what AWS's documents say."""

import pytest

from consumer.filtering.matcher import matches
from consumer.filtering.pattern import PatternError, read_patterns
from tests.filtering.aws_examples import EXAMPLES, Example, words
from tests.places import ROOT
from tests.project.tables import rows

PAGE = ROOT / "docs" / "filters.md"
_WORDS = {True: "matches", False: "doesn't match"}


def actual(example: Example) -> str:
    """What happens here, in words."""
    try:
        (pattern,) = read_patterns(example.pattern)
    except PatternError:
        return "refused at the start: it would never match"
    found = _WORDS[matches(pattern, example.record)]
    is_number = example.differs is not None and found == "matches"
    return "matches: N is a number here" if is_number else found


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_matches_as_the_document_says(example: Example) -> None:
    """Or as the page says, where a difference is wanted."""
    assert actual(example) == (example.differs or _WORDS[example.expected])


def row(example: Example) -> list[str]:
    """The page's row of an example."""

    def code(text: str) -> str:
        return f"`{text}`"

    return [
        example.source,
        example.name,
        code(example.pattern),
        code(words(example.record)),
        _WORDS[example.expected],
        actual(example),
    ]


def test_the_page_lists_every_example() -> None:
    """With what it gives here."""
    assert rows(PAGE.read_text(), "AWS's examples") == [row(example) for example in EXAMPLES]
