"""Every check that is made before a start; it reports all problems at once."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from consumer.checks.check import Check, ProblemError, answered, ask_all
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
        ConfigurationError: With a line for each problem.
    """
    resources = ResourceChecks(configuration)
    problems = _lines(
        [
            *program_checks(configuration, environ),
            *identity_checks(configuration, environ),
            *resources.all(),
        ]
    )
    if problems or resources.stream_arn is None:
        raise ConfigurationError(problems)
    return resources.stream_arn


def check_surroundings(configuration: Configuration, environ: Mapping[str, str]) -> list[str]:
    """Return a line for each problem with the region or the credentials."""
    return _lines(identity_checks(configuration, environ))


def check_targets(configuration: Configuration) -> list[str]:
    """Return a line for each problem with the topic, the queue or the bucket."""
    return _lines(ResourceChecks(configuration).targets())


def asked(thing: str, question: Callable[[], Answer]) -> tuple[Answer | None, list[str]]:
    """Return the answer; or None, and a line about `thing` that says why."""
    try:
        return answered(thing, question), []
    except ProblemError as error:
        return None, [str(error)]


def _lines(checks: Iterable[Check]) -> list[str]:
    return [str(problem) for outcome in ask_all(checks) for problem in outcome.problems]
