"""Texts become patterns, or every mistake with its place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumer.filtering.pattern import PatternError, read_patterns

OPERATORS = "prefix, suffix, equals-ignore-case, wildcard, anything-but, numeric, exists, cidr"
TYPES = "S, N, B, SS, NS, BS, BOOL, NULL, M, L"
NEVER = "has members and no value, so nothing would match"


def mistakes(text: str) -> list[str]:
    """What is wrong with a text."""
    with pytest.raises(PatternError) as caught:
        read_patterns(text)
    return list(caught.value.mistakes)


def of_status(member: str) -> str:
    """A pattern with one member about an attribute."""
    return f'{{"dynamodb": {{"NewImage": {{"status": {{"S": [{member}]}}}}}}}}'


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('{"eventName": ["INSERT"]}', 1),
        ('[{"eventName": ["INSERT"]}, {"eventName": ["REMOVE"]}]', 2),
        ('{"Filters": [{"Pattern": "{\\"eventName\\": [\\"INSERT\\"]}"}]}', 1),
        ('{"Filters": [{"Pattern": {"eventName": ["INSERT"]}}]}', 1),
        ('{"Filters": [{"Pattern": {"eventName": [null]}}, {"Pattern": {"eventID": [1]}}]}', 2),
    ],
)
def test_patterns_stand_alone_in_a_list_or_in_a_mappings_criteria(text: str, count: int) -> None:
    """As a team has them."""
    assert len(read_patterns(text)) == count


ROOT = "awsRegion, dynamodb, eventID, eventName, eventSource, eventVersion, userIdentity"
CHANGE = (
    "ApproximateCreationDateTime, Keys, NewImage, OldImage, SequenceNumber, SizeBytes, "
    "StreamViewType"
)
NO_LIST = 'is no list of values; write one such as ["x"]'
NO_OBJECT = "is no object with members; known there:"
NO_OR = "$or is no list of at least two patterns"
NO_JSON = "is not JSON (Expecting property name enclosed in double quotes at line 1, column 2)"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{", f"{NO_JSON}; write a pattern"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"eventName": [NaN]}', "NaN is no number of JSON"),
        ("[]", "the list has no pattern; write one, or remove the setting"),
        ('{"Filters": []}', "Filters has no pattern; write one, or remove the setting"),
        ('{"Filters": [{"Patern": "{}"}]}', 'Filters has a member that is no {"Pattern": …}'),
        ('{"Filters": [3]}', 'Filters has a member that is no {"Pattern": …}'),
        ('{"eventName": ["a"], "eventName": ["b"]}', "eventName is there twice; write it once"),
        ('{"eventName": "INSERT"}', f"eventName {NO_LIST}"),
        ('{"eventName": []}', f"eventName {NO_LIST}"),
        ('{"dynamodb": "x"}', f"dynamodb {NO_OBJECT} {CHANGE}"),
        (
            '{"dynamodb": {"NewImage": {}}}',
            f"dynamodb.NewImage {NO_OBJECT} the names of attributes",
        ),
        ('{"NewImage": {"a": {"S": ["x"]}}}', f"NewImage is not known; known there: {ROOT}"),
        (
            '{"dynamodb": {"NewImage": {"a": ["x"]}}}',
            f"dynamodb.NewImage.a {NEVER}; name {TYPES}",
        ),
        (
            '{"dynamodb": {"NewImage": {"a": {"numeric": [1]}}}}',
            f"dynamodb.NewImage.a.numeric is not known; known there: {TYPES}",
        ),
        ('{"$or": [{"eventName": ["a"]}]}', NO_OR),
        ('{"$or": {"eventName": ["a"]}}', NO_OR),
        ('{"$or": [{"eventName": ["a"]}, {}]}', f"the pattern {NO_OBJECT} {ROOT}"),
    ],
)
def test_a_mistake_has_its_place_and_what_is_known_there(text: str, wrong: str) -> None:
    """Nobody has to guess."""
    assert mistakes(text) == [wrong]


ANYTHING_BUT = "anything-but takes one value or a list of them, all of them texts, or numbers"
PREFIXES = "prefix takes one value or a list of them, all of them texts"
NO_CIDR = "'cidr' is no operator; known there: prefix, suffix, equals-ignore-case, wildcard"
NO_WILDCARD = "'wildcard' is no operator; known there: equals-ignore-case"
STRAY = r"wildcard has a \ that stands before neither * nor \; write \\"


@pytest.mark.parametrize(
    ("member", "wrong"),
    [
        ('["x"]', "is a list in a list; write values, or objects with an operator"),
        ("{}", f"has 0 operators; write one of {OPERATORS}"),
        ('{"prefix": "a", "suffix": "b"}', f"has 2 operators; write one of {OPERATORS}"),
        ('{"like": "a"}', f"'like' is no operator; known there: {OPERATORS}"),
        ('{"prefix": ["a"]}', "prefix takes a text"),
        ('{"suffix": 3}', "suffix takes a text"),
        ('{"prefix": {"wildcard": "a"}}', NO_WILDCARD),
        ('{"prefix": {"equals-ignore-case": 3}}', "equals-ignore-case takes a text"),
        ('{"equals-ignore-case": ["a"]}', "equals-ignore-case takes a text"),
        ('{"wildcard": 3}', "wildcard takes a text"),
        ('{"wildcard": "a**b"}', "wildcard has two * in a row; write one"),
        ('{"wildcard": "**"}', "wildcard has two * in a row; write one"),
        ('{"wildcard": "a\\\\b"}', STRAY),
        ('{"wildcard": "a\\\\"}', STRAY),
        ('{"exists": "true"}', "exists is neither true nor false"),
        ('{"cidr": "10.0.0.0/33"}', "cidr takes a network such as 10.0.0.0/24"),
        ('{"cidr": 3}', "cidr takes a network such as 10.0.0.0/24"),
        ('{"anything-but": []}', ANYTHING_BUT),
        ('{"anything-but": ["a", 3]}', ANYTHING_BUT),
        ('{"anything-but": null}', ANYTHING_BUT),
        ('{"anything-but": {"prefix": ""}}', PREFIXES),
        ('{"anything-but": {"cidr": "x"}}', NO_CIDR),
    ],
)  # fmt: skip
def test_a_member_that_is_no_comparison_is_told(member: str, wrong: str) -> None:
    """With its index in the list."""
    assert mistakes(of_status(f'"x", {member}')) == [f"dynamodb.NewImage.status.S[1] {wrong}"]


@pytest.mark.parametrize(
    "terms",
    [
        "5",
        "[]",
        '["="]',
        '["=", "5"]',
        '["!", 5]',
        '[">", 1, "<"]',
        '["<", 5, ">", 1]',
        '["=", 5, "<", 6]',
        '[5, "="]',
        '[">", 1, "<", 5, "<", 6]',
        "[true, 5]",
        '[">", 1, true, 5]',
    ],
)
def test_a_range_has_one_or_two_limits(terms: str) -> None:
    """The second is an upper one."""
    (wrong,) = mistakes(of_status(f'{{"numeric": {terms}}}'))

    assert wrong.endswith('numeric takes a list such as ["=", 5], [">", 0] or [">", 0, "<=", 5]')


def test_a_range_that_holds_no_number_is_told() -> None:
    """It would drop everything."""
    (wrong,) = mistakes(of_status('{"numeric": [">=", 5, "<=", 5]}'))

    assert wrong.endswith("a range without numbers: its bottom is not below its top")


def test_all_mistakes_are_told_at_once() -> None:
    """And of which pattern they are, where there are several."""
    text = '[{"eventNam": ["a"], "dynamodb": {"NewImage": {"a": {"S": [{"exists": 1}]}}}}, 3]'

    assert [mistake.split(" is ")[0].split(" exists")[0] for mistake in mistakes(text)] == [
        "pattern 1: dynamodb.NewImage.a.S[0]",
        "pattern 1: eventNam",
        "pattern 2: the pattern",
    ]


def test_what_is_nested_deeper_than_any_item_is_refused() -> None:
    """Matching it would take as many steps."""
    deep = '{"M": {"a": ' * 60 + '{"S": ["x"]}' + "}}" * 60
    (wrong,) = mistakes(f'{{"dynamodb": {{"NewImage": {{"a": {deep}}}}}}}')

    assert wrong.endswith("… is nested deeper than DynamoDB allows")


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_any_text_gives_patterns_or_mistakes(text: str) -> None:
    """Nothing else ever escapes."""
    found: object
    try:
        found = read_patterns(text)
    except PatternError as error:
        found = error.mistakes

    assert found
