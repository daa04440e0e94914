"""Inputs that nobody meant to give."""

from typing import Any

import orjson
from hypothesis import strategies as st

from tests.builders import a_document

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
)
ANY_JSON: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)
TYPED = st.dictionaries(
    st.sampled_from(["S", "N", "B", "SS", "NS", "BS", "L", "M", "BOOL", "NULL", "X"]),
    ANY_JSON,
    max_size=2,
)
IMAGES = ANY_JSON | st.dictionaries(st.text(max_size=8), TYPED | ANY_JSON, max_size=4)


@st.composite
def spoilt_documents(draw: st.DrawFn) -> dict[str, Any]:
    """A record of a real shape in which one member is something else, or missing."""
    document = a_document(draw(st.integers(1, 9)), draw(st.sampled_from(["INSERT", "MODIFY"])))
    where = draw(st.sampled_from([document, document["dynamodb"]]))
    name = draw(st.sampled_from(sorted(where)))
    if draw(st.booleans()):
        del where[name]
    else:
        where[name] = draw(IMAGES)
    return document


def _json_bytes(document: Any) -> bytes:  # noqa: ANN401 - any JSON value
    try:
        return orjson.dumps(document)
    except orjson.JSONEncodeError:  # integers and texts that JSON can't carry
        return repr(document).encode(errors="replace")


RECORD_DATA: st.SearchStrategy[bytes] = (
    st.binary(max_size=200) | ANY_JSON.map(_json_bytes) | spoilt_documents().map(_json_bytes)
)
