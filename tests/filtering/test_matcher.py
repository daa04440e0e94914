"""Which records a pattern matches."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from consumer.filtering.matcher import matches, why_not
from consumer.filtering.pattern import read_patterns
from tests.filtering.strategies import IMAGES


def match(pattern: Mapping[str, Any], record: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a pattern about the new image matches."""
    (read,) = read_patterns(json.dumps({"dynamodb": {"NewImage": pattern}}))
    document = {"dynamodb": {"NewImage": record}}
    found = matches(read, document)
    assert isinstance(why_not(read, document), str)
    return found


def pattern_of(attribute: Any) -> Any:  # noqa: ANN401 - any JSON value
    """A pattern that wants all that an attribute has, but of lists one member."""
    ((kind, value),) = attribute.items()
    if kind == "M":
        return {"M": {name: pattern_of(each) for name, each in value.items()}}
    if kind == "L":
        return {"L": pattern_of(value[-1])}
    return {kind: [value[-1] if kind == "SS" else value]}


def has_empty(attribute: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether there is a map or a list without members: a pattern can't want that."""
    ((kind, value),) = attribute.items()
    if kind not in ("M", "L"):
        return False
    members = value.values() if kind == "M" else value
    return not value or any(map(has_empty, members))


@given(IMAGES)
def test_a_record_matches_what_is_made_of_it(image: dict[str, Any]) -> None:
    """Whatever types it has, at whatever depth."""
    assume("$or" not in json.dumps(image) and not any(map(has_empty, image.values())))
    assert match({name: pattern_of(attribute) for name, attribute in image.items()}, image)


@given(IMAGES)
def test_a_record_doesnt_match_what_wants_an_attribute_more(image: dict[str, Any]) -> None:
    """All members must match."""
    assume("$or" not in json.dumps(image) and not any(map(has_empty, image.values())))
    pattern = {name: pattern_of(attribute) for name, attribute in image.items()}

    assert not match({**pattern, "another": {"S": [{"exists": True}]}}, image)
    assert match({**pattern, "another": {"S": [{"exists": False}]}}, image)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "S", "N", "L", "M"]), children, max_size=3)
    ),
)
EVERYTHING = {
    "$or": [
        {"a": {"S": ["x", {"exists": False}, {"cidr": "10.0.0.0/8"}, {"wildcard": "a*b*c"}]}},
        {"a": {"N": [1, {"numeric": [">", 0]}, {"anything-but": [1, 2]}]}},
    ],
    "a": {"L": {"S": [{"prefix": {"equals-ignore-case": "x"}}], "N": [None, True]}},
}


@given(JSON)
def test_any_json_matches_or_doesnt(image: Any) -> None:  # noqa: ANN401
    """Nothing is ever raised."""
    assert match(EVERYTHING, image) in (True, False)


LIST = {
    "x": {
        "L": [
            {"S": "a"},
            {"N": "1"},
            {"M": {"y": {"S": "b"}, "z": {"S": "c"}}},
            {"L": [{"S": "d"}]},
        ]
    }
}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"S": ["a"]}, True),
        ({"S": ["d"]}, False),
        ({"L": {"S": ["d"]}}, True),
        ({"S": ["a"], "N": ["1"]}, False),
        ({"M": {"y": {"S": ["b"]}, "z": {"S": ["c"]}}}, True),
        ({"M": {"y": {"S": ["b"]}, "z": {"S": ["d"]}}}, False),
        ({"S": [{"exists": False}]}, False),
        ({"BS": [{"exists": False}]}, True),
        ({"N": ["1"], "S": [{"exists": False}]}, True),
        ({"BOOL": [{"exists": False}], "N": ["1"]}, True),
        ({"L": {"S": [{"exists": False}]}}, False),
        ({"M": {"y": {"S": [{"exists": False}]}}}, False),
        ({"M": {"y": {"N": [{"exists": False}]}}}, True),
    ],
)  # fmt: skip
def test_one_member_of_a_list_has_to_match(pattern: Mapping[str, Any], expected: bool) -> None:  # noqa: FBT001
    """With all that is wanted of it; what is wanted absent is absent from all of them."""
    assert match({"x": {"L": pattern}}, LIST) is expected


@pytest.mark.parametrize(
    ("member", "value", "expected"),
    [
        ({"numeric": ["=", 5]}, "5.00", True),
        ({"numeric": ["=", 0.1]}, "0.1", True),
        ({"numeric": [">", 12345678901234567890]}, "12345678901234567890.1", True),
        ({"numeric": [">", 0, "<=", 5]}, "5", True),
        ({"numeric": [">", 0, "<", 5]}, "5", False),
        ({"numeric": [">=", -1]}, "-1", True),
        ({"numeric": ["<", 1e3]}, "999", True),
        ({"numeric": ["<=", 5]}, "much", False),
        ({"numeric": ["<=", 5]}, "NaN", False),
        ({"numeric": ["<=", 5]}, "-Infinity", False),
        ({"numeric": ["<=", 5]}, None, False),
        (5, "5", False),
        ({"anything-but": 5}, "5", True),
        ("5", "5", True),
    ],
)  # fmt: skip
def test_numbers_of_dynamodb_are_compared_exactly(
    member: object,
    value: object,
    expected: bool,  # noqa: FBT001
) -> None:
    """With all their digits; a set's each for itself."""
    assert match({"n": {"N": [member]}}, {"n": {"N": value}}) is expected
    assert match({"n": {"NS": [member]}}, {"n": {"NS": ["x", value]}}) in (expected, True)


@pytest.mark.parametrize(
    ("member", "value", "expected"),
    [
        ({"numeric": ["=", 5]}, "5", False),
        ({"wildcard": "*"}, "", True),
        ({"wildcard": "a*a"}, "a", False),
        ({"wildcard": "ab*"}, "bab", False),
        ({"wildcard": "a*b*c"}, "abbc", True),
        ({"wildcard": "a*b*c"}, "acb", False),
        ({"wildcard": "*ab*abc"}, "abc", False),
        ({"wildcard": r"a\*\\"}, "a*\\", True),
        ({"wildcard": r"a\*"}, "ab", False),
        ({"wildcard": "a*"}, 3, False),
        ({"prefix": "a"}, 3, False),
        ({"equals-ignore-case": "AÇÃO"}, "ação", True),
        ({"cidr": "10.0.0.0/24"}, "fe80::1", False),
        ({"cidr": "fe80::/10"}, "fe80::1", True),
        ({"cidr": "10.0.0.0/24"}, "somewhere", False),
        ({"cidr": "10.0.0.0/24"}, 10, False),
        ({"anything-but": [1, 2]}, 2.0, False),
        ({"anything-but": [1, 2]}, "2", True),
        ({"anything-but": {"suffix": ["a", "b"]}}, "cb", False),
        ({"exists": True}, None, True),
        (True, True, True),
        (True, "true", False),
        (1, True, False),
        (1, 1, True),
    ],
)  # fmt: skip
def test_each_operator_at_its_edges(member: object, value: object, expected: bool) -> None:  # noqa: FBT001
    """Texts are not numbers, and nothing else is a text."""
    assert match({"a": {"S": [member]}}, {"a": {"S": value}}) is expected


def test_a_star_takes_no_time_that_grows_with_its_square() -> None:
    """A long text must not stop a shard."""
    assert not match({"a": {"S": [{"wildcard": "*a*a*a*a*a*a*b"}]}}, {"a": {"S": "a" * 400_000}})


def reason(pattern: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """Why a record doesn't match."""
    (read,) = read_patterns(json.dumps(pattern))
    assert not matches(read, record)
    return why_not(read, record)


def test_the_reason_names_the_place_what_is_there_and_what_is_wanted() -> None:
    """The first place, in the order of names; a long value is cut."""
    change = {"dynamodb": {"NewImage": {"status": {"S": "x" * 100}, "tags": {"SS": ["a", "b"]}}}}
    open_ = {"dynamodb": {"NewImage": {"status": {"S": ["open", {"prefix": "o"}]}}}}
    either = {"$or": [{"eventName": ["INSERT"]}, {"eventID": [7]}]}
    tags = {"dynamodb": {"NewImage": {"tags": {"SS": [{"anything-but": ["a", "b"]}]}}}}

    assert reason(open_, change) == (
        f'dynamodb.NewImage.status.S is "{"x" * 59}…, and "open" or {{"prefix": "o"}} is wanted'
    )
    assert reason(tags, change) == (
        'dynamodb.NewImage.tags.SS is "a", "b", and {"anything-but": ["a", "b"]} is wanted'
    )
    assert reason(either, {"eventName": "MODIFY"}) == (
        'no member of $or matches: (eventName is "MODIFY", and "INSERT" is wanted) '
        "or (eventID is not there, and 7 is wanted)"
    )


def test_the_reason_for_a_list_says_that_no_member_has_all() -> None:
    """Each wanted value is in it, but not in one member."""
    both = {"x": {"L": {"S": ["a"], "N": [{"numeric": ["=", 1.5]}]}}}
    image = {"x": {"L": [{"S": "a"}, {"N": "1.5"}]}}

    assert reason({"dynamodb": {"NewImage": both}}, {"dynamodb": {"NewImage": image}}) == (
        "no member of a list has all of it"
    )
