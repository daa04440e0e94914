"""How hypothesis looks for examples, and what is told at the end."""

from hypothesis import HealthCheck, Phase, settings

from tests.contracts.summary import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]

# A busy machine is no mistake.
settings.register_profile(
    "any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
# For code that is known to be broken: any example will do, the simplest takes long to find.
settings.register_profile(
    "any-example",
    settings.get_profile("any-machine"),
    phases=[Phase.explicit, Phase.generate],
)
# An option --hypothesis-profile is looked at after this, and has the last word.
settings.load_profile("any-machine")
