"""Everything that can be checked before anything starts, all mistakes at once."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from consumer.checks.checks import Check, ProblemError, answered, ask_all
from consumer.checks.host_checks import identity_checks, program_checks
from consumer.checks.resource_checks import ResourceChecks
from consumer.settings.configuration import Configuration
from consumer.settings.configuration_error import ConfigurationError

Answer = TypeVar("Answer")


def check(configuration: Configuration, environ: Mapping[str, str]) -> str:
    """Check programs, credentials, table, stream, topic, queue and bucket.

    Returns:
        The ARN of the stream to read.

    Raises:
        ConfigurationError: With a line for each mistake.
    """
    resources = ResourceChecks(configuration)
    mistakes = _lines(
        [
            *program_checks(configuration, environ),
            *identity_checks(configuration, environ),
            *resources.all(),
        ]
    )
    if mistakes or resources.stream_arn is None:
        raise ConfigurationError(mistakes)
    return resources.stream_arn


def check_surroundings(configuration: Configuration, environ: Mapping[str, str]) -> list[str]:
    """Return a line for each thing without which nothing can be asked: region, credentials."""
    return _lines(identity_checks(configuration, environ))


def check_targets(configuration: Configuration) -> list[str]:
    """Return a line for each mistake with topic, queue or bucket."""
    return _lines(ResourceChecks(configuration).targets())


def asked(thing: str, question: Callable[[], Answer]) -> tuple[Answer | None, list[str]]:
    """Return the answer, or None and the line about `thing` that says why there is none."""
    try:
        return answered(thing, question), []
    except ProblemError as error:
        return None, [str(error)]


def _lines(checks: Iterable[Check]) -> list[str]:
    return [str(mistake) for outcome in ask_all(checks) for mistake in outcome.mistakes]
