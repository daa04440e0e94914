"""Any file and any environment: a configuration, or mistakes that each name a thing."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.known import known_keys
from consumer.settings.properties import read_properties
from consumer.settings.resolve import resolve
from consumer.settings.variables import environment_name
from tests.fuzz.attempt import attempt

VALUES = st.text(max_size=20) | st.integers().map(str) | st.sampled_from(["true", "${X}", "${X:-}"])
KEYS = st.sampled_from(known_keys()) | st.text(max_size=12)
VARIABLES = st.sampled_from([environment_name(key) for key in known_keys()] + ["PUBLISHER_X", "X"])


@given(
    properties=st.dictionaries(KEYS, VALUES, max_size=6),
    environ=st.dictionaries(VARIABLES, VALUES, max_size=4),
)
def test_any_values_give_a_configuration_or_named_mistakes(
    properties: dict[str, str], environ: dict[str, str]
) -> None:
    """Every mistake is one line that begins with what it is about."""
    configuration, refusal = attempt(ConfigurationError, lambda: resolve(properties, environ))

    if refusal:
        assert refusal.mistakes
        assert all(": " in mistake for mistake in refusal.mistakes)
    else:
        assert configuration is not None
        assert configuration.kcl.application_name


@given(content=st.binary(max_size=200))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    """With its name in the line."""
    with tempfile.NamedTemporaryFile(suffix=".properties") as file:
        path = Path(file.name)
        path.write_bytes(content)
        properties, refusal = attempt(ConfigurationError, lambda: read_properties(path))

    if refusal:
        assert all(str(path) in mistake for mistake in refusal.mistakes)
    else:
        assert properties is not None
