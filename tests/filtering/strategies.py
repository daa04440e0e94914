"""Items for hypothesis."""

from hypothesis import strategies as st

TEXTS = st.text(max_size=5)
ATTRIBUTES = st.recursive(
    st.fixed_dictionaries({"S": TEXTS})
    | st.fixed_dictionaries({"N": st.integers().map(str)})
    | st.fixed_dictionaries({"BOOL": st.booleans()})
    | st.fixed_dictionaries({"SS": st.lists(TEXTS, min_size=1, max_size=3)}),
    lambda children: (
        st.fixed_dictionaries({"M": st.dictionaries(TEXTS, children, max_size=3)})
        | st.fixed_dictionaries({"L": st.lists(children, max_size=3)})
    ),
    max_leaves=8,
)
IMAGES = st.dictionaries(TEXTS, ATTRIBUTES, min_size=1, max_size=4)
