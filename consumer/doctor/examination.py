"""Every check of a set-up, in an order in which an earlier problem explains a later one."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from consumer.aws.profile_endpoints import profile_endpoints
from consumer.checks.check import Check, ask_all
from consumer.checks.host_checks import identity_checks, program_checks
from consumer.checks.resource_checks import ResourceChecks
from consumer.doctor.endpoint_checks import EndpointChecks
from consumer.doctor.fleet_checks import FleetChecks
from consumer.doctor.java_checks import java_checks
from consumer.doctor.permission_checks import Clients, PermissionChecks, make_client
from consumer.problems import CheckOutcome, Problem, parse_problem
from consumer.settings.configuration import Configuration
from consumer.settings.configuration_error import ConfigurationError
from consumer.settings.known import known_keys
from consumer.settings.resolve import resolve

_SETTINGS = "settings"
_NO_START = "The worker doesn't start."


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The doctor's access to the world.

    Attributes:
        environ: The environment.
        now: The clock, in seconds since 1970 UTC.
        pause: Waits so many seconds.
        clients: Makes clients of STS and IAM.
        progress: Takes the name of each check before it is made.
    """

    environ: Mapping[str, str]
    now: Callable[[], float] = time.time
    pause: Callable[[float], None] = time.sleep
    clients: Clients = make_client
    progress: Callable[[str], None] = lambda _name: None


def examine(
    properties: Mapping[str, str], around: Surroundings, *, programs: bool = True
) -> list[CheckOutcome]:
    """Make every check.

    Args:
        properties: Keys and values of the properties file.
        around: The surroundings.
        programs: Whether workers run on this host.
    """
    try:
        configuration = resolve(properties, around.environ, profile_endpoints())
    except ConfigurationError as error:
        return unsettled(error)
    sound = CheckOutcome(_SETTINGS, _NO_START)
    return [sound, *ask_all(_checks(configuration, around, programs=programs), around.progress)]


def unsettled(error: ConfigurationError) -> list[CheckOutcome]:
    """Return the problems of the settings; without settings nothing else can be checked."""
    problems = tuple(_explained(parse_problem(line)) for line in error.mistakes)
    rest = CheckOutcome("everything else", "", untold="needs settings, which are not ok")
    return [CheckOutcome(_SETTINGS, _NO_START, problems), rest]


def _explained(problem: Problem) -> Problem:
    """Add a fix to a problem that has none and is about a known setting."""
    key, _, _ = problem.thing.partition(" = ")
    if problem.fix or key not in known_keys():
        return problem
    return replace(problem, fix=f"see stream-publisher settings {key}")


def _checks(configuration: Configuration, around: Surroundings, *, programs: bool) -> list[Check]:
    host = [
        *program_checks(configuration, around.environ),
        *java_checks(configuration, around.environ),
    ]
    return [
        *(host if programs else ()),
        *identity_checks(configuration, around.environ),
        *EndpointChecks(configuration, around.now).all(),
        *ResourceChecks(configuration).all(),
        *PermissionChecks(configuration, around.clients).all(),
        *FleetChecks(configuration, around.now, around.pause).all(),
    ]
