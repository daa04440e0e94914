"""What is left of an item."""

import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumer.filtering.canonical import canonical
from consumer.filtering.paths import read_paths
from consumer.filtering.projection import Mask, Projection
from tests.filtering.strategies import IMAGES
from tests.places import ROOT

IMAGE = {
    "id": {"S": "1"},
    "a": {"S": "x"},
    "m": {"M": {"b": {"S": "y"}, "c": {"N": "1"}}},
    "l": {"L": [{"M": {"b": {"S": "1"}, "c": {"S": "2"}}}, {"S": "z"}]},
}
KEYS = {"id": {"S": "1"}}
KEY = b"0123456789abcdef"


def left(include: str = "", exclude: str = "", image: Any = None) -> Any:  # noqa: ANN401 - JSON
    """What is left of the item."""
    included, excluded = (read_paths(text) if text else () for text in (include, exclude))
    projection = Projection(included, excluded)
    return projection.visible(IMAGE if image is None else image, KEYS)


def hash_of(attribute: bytes) -> dict[str, str]:
    """What stands in an attribute's place, as a subscriber computes it."""
    return {"S": hmac.new(KEY, attribute, "sha256").hexdigest()}


def masked(paths: str, image: Any = None) -> Any:  # noqa: ANN401 - JSON
    """The item with hashes."""
    projection = Projection(mask=Mask(read_paths(paths), KEY))
    return projection.masked(IMAGE if image is None else image)


def test_everything_is_left_by_default() -> None:
    """The very image."""
    assert left() is IMAGE
    assert Projection().is_all
    assert Projection().masked(IMAGE) is IMAGE


@pytest.mark.parametrize(
    ("include", "expected"),
    [
        ("a", {"a": {"S": "x"}}),
        ("id", {}),
        ("nothing", {}),
        ("a.b", {}),
        ("m", {"m": IMAGE["m"]}),
        ("m.b", {"m": {"M": {"b": {"S": "y"}}}}),
        ("m.b, m", {"m": IMAGE["m"]}),
        ("m, m.b", {"m": IMAGE["m"]}),
        ("m.x", {}),
        ("l.c", {"l": {"L": [{"M": {"c": {"S": "2"}}}]}}),
        ("l.x", {}),
    ],
)
def test_only_what_is_included_stays_and_the_key(include: str, expected: Any) -> None:  # noqa: ANN401
    """A map or a list in which nothing is named goes."""
    assert left(include) == KEYS | expected


@pytest.mark.parametrize(
    ("exclude", "gone"),
    [
        ("a", {"a": None}),
        ("id", {}),
        ("nothing, a.b", {}),
        ("m.b", {"m": {"M": {"c": {"N": "1"}}}}),
        ("m.b, m.c", {"m": {"M": {}}}),
        ("m.b, m", {"m": None}),
        ("l.b", {"l": {"L": [{"M": {"c": {"S": "2"}}}, {"S": "z"}]}}),
        ("l", {"l": None}),
    ],
)
def test_what_is_excluded_goes_but_the_key_stays(exclude: str, gone: Any) -> None:  # noqa: ANN401
    """The rest stays as it is."""
    expected = {name: gone.get(name, attribute) for name, attribute in IMAGE.items()}

    assert left(exclude=exclude) == {name: each for name, each in expected.items() if each}


def test_both_hold_one_after_the_other() -> None:
    """What is excluded of what is included goes."""
    assert left("m, a", "m.b") == KEYS | {"a": {"S": "x"}, "m": {"M": {"c": {"N": "1"}}}}


def test_a_key_that_the_image_doesnt_have_is_not_made_up() -> None:
    """A record may be odd."""
    assert left("a", image={"a": {"S": "x"}, "b": {"S": "y"}}) == {"a": {"S": "x"}}


@pytest.mark.parametrize(
    "odd", [{"a": 3}, {"m": {"M": 3}}, {"l": {"L": {}}}, {"m": {"M": {}, "S": "x"}}]
)
def test_what_is_no_attribute_passes(odd: Any) -> None:  # noqa: ANN401
    """A path leads nowhere there."""
    assert left(exclude="a.x, m.b, l.b", image=odd) in (odd, {"m": {"M": {}}})
    assert left("a.x, m.b, l.b", image=odd) == {}


def test_a_mask_is_a_keyed_hash_that_a_subscriber_can_compute() -> None:
    """Of the attribute's compact JSON, as the page says."""
    assert masked("a")["a"] == hash_of(b'{"S":"x"}')
    assert masked("m.b, l.c") == IMAGE | {
        "m": {"M": {"b": hash_of(b'{"S":"y"}'), "c": {"N": "1"}}},
        "l": {"L": [{"M": {"b": {"S": "1"}, "c": hash_of(b'{"S":"2"}')}}, {"S": "z"}]},
    }
    shown = hash_of(b'{"S":"ana@example.com"}')["S"]
    assert shown in (ROOT / "docs" / "filters.md").read_text()


def test_a_mask_holds_for_a_key_too() -> None:
    """An address may be the key."""
    assert masked("id", KEYS) == {"id": hash_of(b'{"S":"1"}')}


def test_equal_values_have_equal_hashes_and_others_dont() -> None:
    """In whatever order the stream gives members and sets; types count."""
    equal = [{"SS": ["a", "b"]}, {"SS": ["b", "a"]}]
    maps = [
        {"M": {"x": {"NS": ["1", "2"]}, "y": {"S": "1"}}},
        {"M": {"y": {"S": "1"}, "x": {"NS": ["2", "1"]}}},
    ]
    others = [
        *equal[:1],
        *maps[:1],
        {"S": "1"},
        {"N": "1"},
        {"L": [{"S": "a"}]},
        {"M": {"SS": {"S": "a"}}},
    ]
    hashes = [masked("a", {"a": each})["a"]["S"] for each in others]

    assert masked("a", {"a": equal[0]}) == masked("a", {"a": equal[1]})
    assert masked("a", {"a": maps[0]}) == masked("a", {"a": maps[1]})
    assert len(set(hashes)) == len(others)
    assert canonical({"SS": [1, {"b": 1, "a": 2}]}) == b'{"SS":[1,{"a":2,"b":1}]}'


def test_the_key_is_not_shown() -> None:
    """Wherever a mask is printed."""
    assert repr(Mask(read_paths("a"), KEY)) == "Mask((('a',),))"


@given(IMAGES, st.sampled_from(["", "a", "b.c"]))
def test_any_image_is_projected(image: dict[str, Any], paths: str) -> None:
    """Nothing is raised, and nothing appears that was not there."""
    assert set(left(paths, image=image)) <= set(image)
    assert set(left(exclude=paths, image=image)) <= set(image)
