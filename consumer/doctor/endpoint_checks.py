"""Whether AWS services answer, and whether this host's clock agrees with theirs."""

from collections.abc import Callable, Sequence

from consumer.aws.errors import SETUP_ERRORS
from consumer.checks.check import CannotTellError, Check, ProblemError
from consumer.doctor.endpoint_probe import probe
from consumer.problems import Problem
from consumer.settings.configuration import Configuration

_MOST_SKEW_SECONDS = 30
_CAUSES = {
    "cloudwatch": "KCL's metrics are lost.",
    "dynamodb": "No worker gets a lease or checkpoints.",
    "dynamodbstreams": "No change is read.",
    "s3": "A change that is too large for the topic blocks its shard.",
    "sns": "No change is published; every shard waits.",
    "sqs": "A record that can't be published blocks its shard.",
}


class EndpointChecks:
    """Checks of each service that a configuration uses, then of the clock.

    Args:
        configuration: The configuration.
        now: This host's clock, in seconds since 1970 UTC.
    """

    def __init__(self, configuration: Configuration, now: Callable[[], float]) -> None:
        self._configuration, self._now = configuration, now
        self._skews: list[float] = []

    def all(self) -> list[Check]:
        """Return the checks."""
        found = [self._endpoint(service) for service in self._services()]
        causes = (
            "AWS refuses calls that are five minutes off; below that, lags are wrong and workers "
            "take each other for gone."
        )
        return [*found, Check("clock", causes, self._clock)]

    def _services(self) -> list[str]:
        own, kcl = self._configuration.publisher, self._configuration.kcl
        wanted = {
            "dynamodb": True,
            "dynamodbstreams": True,
            "sns": True,
            "sqs": bool(own.dead_letter_queue_url),
            "s3": bool(own.claim_check_bucket),
            "cloudwatch": kcl.metrics_level != "NONE",
        }
        return [service for service, is_wanted in wanted.items() if is_wanted]

    def _endpoint(self, service: str) -> Check:
        name = f"endpoint of {service}"
        return Check(name, _CAUSES[service], lambda: self._reach(service), ("region",))

    def _reach(self, service: str) -> Sequence[Problem]:
        try:
            there = probe(service, self._region(service))
        except SETUP_ERRORS as error:
            variable = f"AWS_ENDPOINT_URL_{service.upper().replace('BSTREAMS', 'B_STREAMS')}"
            fix = f"check the region, the network, proxies and {variable}"
            problem = Problem(f"endpoint of {service}", f"can't be reached ({error})", fix)
            raise ProblemError(problem) from error
        if there is not None:
            self._skews.append(self._now() - there)
        return ()

    def _region(self, service: str) -> str | None:
        if service in {"sns", "sqs", "s3"}:
            return self._configuration.publisher.region_of(service)
        return self._configuration.kcl.region_name

    def _clock(self) -> Sequence[Problem]:
        if not self._skews:
            raise CannotTellError("no answer of a service has a time")
        skew = min(self._skews, key=abs)
        if abs(skew) <= _MOST_SKEW_SECONDS:
            return ()
        side = "ahead of" if skew > 0 else "behind"
        wrong = f"is {abs(skew):.0f} s {side} AWS's"
        return [Problem("this host's clock", wrong, "set it by a time service")]
