"""A form is written as Python itself writes it, and only faster."""

from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from consumer.aws.form_encoding import encode

VALUES = st.text(max_size=40) | st.text(max_size=20).map(lambda text: text * 60) | st.integers()


@given(st.dictionaries(st.text(max_size=10), VALUES, max_size=5))
def test_a_form_is_pythons_own(form: dict[str, str | int]) -> None:
    """Long values, which are written in another way, too."""
    assert encode(form) == urlencode(form).encode()


def test_every_character_of_a_long_value_is_written() -> None:
    """Those that have a code, their codes, and what has two bytes or four."""
    value = "".join(map(chr, range(0x180))) + "%25 %% + 😀" * 40

    assert encode({"Message": value}) == urlencode({"Message": value}).encode()
