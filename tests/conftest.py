"""Hypothesis, Ctrl-C in children of tests, and what is told at the end."""

import signal

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

# A shell has its background jobs ignore Ctrl-C, and their children inherit that. A handler that
# does nothing is not inherited: so tests can interrupt their children wherever they run.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
