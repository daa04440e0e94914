"""The examples of AWS's documents about filters, as what a table's stream would have.

Where a document's example is of no table, its field is an attribute of the new image here.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

DDB = "Lambda, with-ddb-filtering"
LAMBDA = "Lambda, invocation-eventfiltering"
TTL = "DynamoDB, time-to-live-ttl-streams"
BRIDGE = "EventBridge, eb-create-pattern-operators"


@dataclass(frozen=True, slots=True)
class Example:
    """An example of AWS's documents.

    Attributes:
        source: The document.
        name: What the example is about.
        pattern: The pattern.
        record: What of a record matters.
        expected: Whether the document says that it matches.
        differs: What happens here instead, where that is wanted.
    """

    source: str
    name: str
    pattern: str
    record: Mapping[str, Any]
    expected: bool
    differs: str | None = None


COMPANY = {
    "Keys": {"CustomerName": {"S": "AnyCompany Industries"}},
    "NewImage": {
        "AccountManager": {"S": "Pat Candella"},
        "PaymentTerms": {"S": "60 days"},
        "CustomerName": {"S": "AnyCompany Industries"},
    },
}
ORGANIZATIONS = {
    "NewImage": {
        "UserID": {"S": "12345"},
        "Organizations": {"L": [{"S": "Sales"}, {"S": "Marketing"}, {"S": "Support"}]},
    }
}
MANAGERS = (
    '{"dynamodb": {"NewImage": {"AccountManager": {"S": ["Pat Candella", "Shirley Rodriguez"]}}}}'
)
BOTH = (
    '{"dynamodb": {"NewImage": {"AccountManager": {"S": ["Pat Candella"]}}}, '
    '"dynamodb": {"OldImage": {"AccountManager": {"S": ["Terry Whitlock"]}}}}'
)
EXPIRED = {"userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"}}


def _change(**change: Mapping[str, Any]) -> dict[str, Any]:
    return {"dynamodb": change}


def _old(manager: str) -> dict[str, Any]:
    return _change(**COMPANY, OldImage={"AccountManager": {"S": manager}})


def _key(number: str) -> dict[str, Any]:
    return _change(Keys={"ID": {"S": "ABCD"}, "Number": {"N": number}})


def _of_documents() -> Iterator[Example]:
    """Yield the examples of a table's stream."""
    name = '{"dynamodb": {"Keys": {"CustomerName": {"S": ["AnyCompany Industries"]}}}}'
    yield Example(DDB, "Table keys", name, _change(**COMPANY), expected=True)
    other = _change(Keys={"CustomerName": {"S": "Example Corp."}})
    yield Example(DDB, "Table keys", name, other, expected=False)
    yield Example(DDB, "Table attributes", MANAGERS, _change(**COMPANY), expected=True)
    shirley = _change(NewImage={"AccountManager": {"S": "Shirley Rodriguez"}})
    yield Example(DDB, "Table attributes", MANAGERS, shirley, expected=True)
    terry = _change(NewImage={"AccountManager": {"S": "Terry Whitlock"}})
    yield Example(DDB, "Table attributes", MANAGERS, terry, expected=False)
    yield Example(DDB, "Boolean expressions", BOTH, _old("Terry Whitlock"), expected=True)
    yield Example(DDB, "Boolean expressions", BOTH, _old("Pat Candella"), expected=False)
    node = '{"dynamodb": {"NewImage": {"Organizations": [{"exists": true}]}}}'
    refused = "refused at the start: it would never match"
    yield Example(DDB, "Exists, no leaf", node, _change(**ORGANIZATIONS), False, refused)  # noqa: FBT003
    leaf = '{"dynamodb": {"NewImage": {"Organizations": {"L": {"S": [{"exists": true}]}}}}}'
    yield Example(DDB, "Exists, a leaf", leaf, _change(**ORGANIZATIONS), expected=True)
    yield Example(DDB, "Exists, a leaf", leaf, _change(**COMPANY), expected=False)
    number = '{"dynamodb": {"Keys": {"Number": {"N": ["4567"]}}}}'
    yield Example(LAMBDA, "Multi-level filtering", number, _key("4567"), expected=True)
    yield Example(LAMBDA, "Multi-level filtering", number, _key("1234"), expected=False)
    for written, is_equal in (("300", True), ("300.0", False), ("3.0e2", False)):
        size = f'{{"dynamodb": {{"SizeBytes": [{written}]}}}}'
        size_300 = {"dynamodb": {"SizeBytes": 300}}
        yield Example(LAMBDA, "Numbers as they are written", size, size_300, is_equal)
    ttl = '{"userIdentity": {"type": ["Service"], "principalId": ["dynamodb.amazonaws.com"]}}'
    yield Example(TTL, "Deletes by TTL", ttl, EXPIRED, expected=True)
    yield Example(TTL, "Deletes by TTL", ttl, {"userIdentity": {}}, expected=False)


OPERATORS = (
    # source, name, attribute, its type, the pattern's list, a value that matches, one that doesn't
    (LAMBDA, "Null", "UserID", "S", "[null]", None, "x"),
    (LAMBDA, "Empty", "LastName", "S", '[""]', "", "x"),
    (LAMBDA, "Equals", "Name", "S", '["Alice"]', "Alice", "alice"),
    (LAMBDA, "Equals (ignore case)", "Name", "S",
     '[{"equals-ignore-case": "alice"}]', "ALICE", "Al"),
    (LAMBDA, "Or", "PaymentType", "S", '["Credit", "Debit"]', "Debit", "Cash"),
    (LAMBDA, "Not", "Weather", "S", '[{"anything-but": ["Raining"]}]', "Sunny", "Raining"),
    (LAMBDA, "Exists", "ProductName", "S", '[{"exists": true}]', "x", ...),
    (LAMBDA, "Does not exist", "ProductName", "S", '[{"exists": false}]', ..., "x"),
    (LAMBDA, "Begins with", "Region", "S", '[{"prefix": "us-"}]', "us-east-1", "eu-west-1"),
    (LAMBDA, "Ends with", "FileName", "S", '[{"suffix": ".png"}]', "a.png", "a.jpg"),
    (BRIDGE, "Begins with (ignore case)", "service", "S",
     '[{"prefix": {"equals-ignore-case": "eventb"}}]', "EventBridge", "Lambda"),
    (BRIDGE, "Ends with (ignore case)", "service", "S",
     '[{"suffix": {"equals-ignore-case": "tBridge"}}]', "EventBRIDGE", "Lambda"),
    (BRIDGE, "Anything-but", "state", "S",
     '[{"anything-but": "initializing"}]', "running", "initializing"),
    (BRIDGE, "Anything-but (list)", "state", "S",
     '[{"anything-but": ["stopped", "overloaded"]}]', "running", "stopped"),
    (BRIDGE, "Anything-but (begins with)", "Region", "S",
     '[{"anything-but": {"prefix": "us-"}}]', "eu-west-1", "us-east-1"),
    (BRIDGE, "Anything-but (ends with)", "FileName", "S",
     '[{"anything-but": {"suffix": ".png"}}]', "a.jpg", "a.png"),
    (BRIDGE, "Anything-but (ends with, list)", "FileName", "S",
     '[{"anything-but": {"suffix": [".png", ".jpg"]}}]', "a.gif", "a.jpg"),
    (BRIDGE, "Anything-but (ignore case)", "state", "S",
     '[{"anything-but": {"equals-ignore-case": "initializing"}}]', "running", "INITIALIZING"),
    (BRIDGE, "Anything-but using a wildcard", "FilePath", "S",
     '[{"anything-but": {"wildcard": "*/lib/*"}}]', "/usr/bin/a", "/usr/lib/a"),
    (BRIDGE, "Wildcard", "EventBusArn", "S",
     '[{"wildcard": "arn:aws:events:us-east-1:*:event-bus/*"}]',
     "arn:aws:events:us-east-1:123456789012:event-bus/a", "arn:aws:events:us-east-1:1:rule/a"),
    (BRIDGE, "Wildcard", "FileName", "S", '[{"wildcard": "dir/*.png"}]', "dir/a.png", "dir/a.jpg"),
    (BRIDGE, "IP address", "sourceIPAddress", "S",
     '[{"cidr": "10.0.0.0/24"}]', "10.0.0.255", "10.0.1.0"),
)  # fmt: skip


def _of_operators() -> Iterator[Example]:
    """Yield one that matches and one that doesn't of each operator."""
    for source, name, attribute, kind, wanted, right, wrong in OPERATORS:
        pattern = f'{{"dynamodb": {{"NewImage": {{"{attribute}": {{"{kind}": {wanted}}}}}}}}}'
        for value, expected in ((right, True), (wrong, False)):
            image = {} if value is ... else {attribute: {kind: value}}
            yield Example(source, name, pattern, _change(NewImage=image), expected)


def _of_several() -> Iterator[Example]:
    """Yield those about several fields, and about numbers."""
    day = '"Location": {"S": ["New York"]}, "Day": {"S": ["Monday"]}'
    both = f'{{"dynamodb": {{"NewImage": {{{day}}}}}}}'
    either = (
        '{"dynamodb": {"NewImage": {"$or": [{"Location": {"S": ["New York"]}}, '
        '{"Day": {"S": ["Monday"]}}]}}}'
    )
    for location, weekday in (("New York", "Monday"), ("New York", "Friday"), ("Rome", "Friday")):
        image = {"Location": {"S": location}, "Day": {"S": weekday}}
        yield Example(LAMBDA, "And", both, _change(NewImage=image), weekday == "Monday")
        yield Example(
            LAMBDA, "Or (multiple fields)", either, _change(NewImage=image), location != "Rome"
        )
    for name, wanted, right, wrong in (
        ("Numeric (equals)", '["=", 100]', 100, 101),
        ("Numeric (range)", '[">", 10, "<=", 20]', 20, 10),
    ):
        size = f'{{"dynamodb": {{"SizeBytes": [{{"numeric": {wanted}}}]}}}}'
        yield Example(LAMBDA, name, size, {"dynamodb": {"SizeBytes": right}}, expected=True)
        yield Example(LAMBDA, name, size, {"dynamodb": {"SizeBytes": wrong}}, expected=False)
        price = f'{{"dynamodb": {{"NewImage": {{"Price": {{"N": [{{"numeric": {wanted}}}]}}}}}}}}'
        image = {"Price": {"N": f"{right}.0"}}
        differs = "matches: N is a number here"
        yield Example(DDB, f"{name} of N", price, _change(NewImage=image), False, differs)  # noqa: FBT003
        image = {"Price": {"N": str(wrong)}}
        yield Example(DDB, f"{name} of N", price, _change(NewImage=image), expected=False)


EXAMPLES = (*_of_documents(), *_of_operators(), *_of_several())


def words(record: Mapping[str, Any]) -> str:
    """A record as the page shows it: what of it matters."""
    return json.dumps(record.get("dynamodb", record), ensure_ascii=False)
