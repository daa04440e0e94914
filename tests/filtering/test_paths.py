"""Names of attributes, and of what is in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumer.filtering.paths import read_paths, values_at

IMAGE = {
    "a": {"S": "x"},
    "m": {"M": {"b": {"S": "y"}, "c": {"M": {"d": {"N": "1"}}}}},
    "l": {"L": [{"M": {"b": {"S": "1"}}}, {"S": "2"}, {"L": [{"M": {"b": {"S": "3"}}}]}]},
}


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("status", (("status",),)),
        (" status , customer.address.zip ", (("status",), ("customer", "address", "zip"))),
        ('"a.b"."c, d".e', (("a.b", "c, d", "e"),)),
        ("a . b,c", (("a", "b"), ("c",))),
        ("ação-1", (("ação-1",),)),
    ],
)
def test_paths_are_separated_by_commas(text: str, paths: object) -> None:
    """And names by dots; a name with either stands in quotes."""
    assert read_paths(text) == paths


@pytest.mark.parametrize(
    ("text", "at"), [("", 1), (",a", 1), ("a,,b", 3), ("a.", 3), ("a b", 1), ('a."b', 3), ("a,", 3)]
)
def test_what_is_no_list_of_paths_says_where(text: str, at: int) -> None:
    """At the name that is none."""
    with pytest.raises(ValueError, match=f"has no name at character {at};"):
        read_paths(text)


@given(st.lists(st.lists(st.text('ab.", ', min_size=1).filter(lambda t: '"' not in t), min_size=1)))
def test_any_name_can_be_quoted(paths: list[list[str]]) -> None:
    """But one with a quote in it."""
    text = ",".join(".".join(f'"{name}"' for name in path) for path in paths)

    assert not text or read_paths(text) == tuple(map(tuple, paths))


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("a",), [{"S": "x"}]),
        (("m", "c", "d"), [{"N": "1"}]),
        (("l", "b"), [{"S": "1"}, {"S": "3"}]),
        (("a", "b"), []),
        (("m", "x"), []),
        (("x",), []),
    ],
)
def test_a_path_leads_into_maps_and_into_each_member_of_lists(
    path: tuple[str, ...], found: object
) -> None:
    """Or nowhere."""
    assert values_at(IMAGE, path) == found
