"""Mutations find their place in the code, and say so where they don't."""

import pytest

from tests.mutations.edits import after, change, drop
from tests.mutations.mutations import MUTATIONS, Mutation, NotFoundError
from tests.places import ROOT

SOURCE = """
class Shop:
    def open(self, door):
        door.unlock(self.key, slowly=True)
        if not door.is_open:
            return
        self.greet(door, "hello")
"""


def broken(place: str, *edits: object) -> str:
    """The source, broken."""
    return Mutation("x", "shop", place, edits).broken(SOURCE)  # type: ignore[arg-type]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_mutation_has_one_place_in_the_code(mutation: Mutation) -> None:
    """And changes it."""
    source = ROOT.joinpath(*mutation.module.split(".")).with_suffix(".py").read_text()
    nothing = Mutation("nothing", mutation.module, "", ())

    assert mutation.broken(source) != nothing.broken(source)


def test_names_of_mutations_differ() -> None:
    """Each is reported for itself."""
    assert len({mutation.name for mutation in MUTATIONS}) == len(MUTATIONS)


def test_code_is_found_however_it_is_laid_out() -> None:
    """By what it does: an argument may be left open."""
    text = broken(
        "Shop.open",
        drop("door . unlock( ... , slowly = True )"),
        after("self.greet(door, 'hello')", "door.close()"),
        change("door.is_open", "True", inside="if ...:\n  ..."),
    )

    assert "unlock" not in text
    assert "if not True:" in text
    assert text.endswith("self.greet(door, 'hello')\n        door.close()")


@pytest.mark.parametrize("place", ["Shop.close", "Shop.open"])
def test_a_mutation_without_a_place_says_so(place: str) -> None:
    """It must not pass for one that was noticed, or was not."""
    with pytest.raises(NotFoundError, match=r"x: .*; fix this"):
        broken(place, drop("door.lock()"))


def test_a_mutation_with_two_places_says_so() -> None:
    """Which one is meant can't be told."""
    with pytest.raises(NotFoundError, match=r"edit 1 fits 3 places of shop Shop\.open"):
        broken("Shop.open", change("door", "gate"))
