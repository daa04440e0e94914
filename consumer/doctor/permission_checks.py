"""Each permission that a worker needs: tried if that has no effect, else simulated by IAM."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from consumer.aws.clients import client
from consumer.aws.errors import SETUP_ERRORS
from consumer.aws.explain import explain
from consumer.checks.check import CannotTellError, Check, answered
from consumer.doctor.permission_probes import (
    NOBODY,
    Simulator,
    Trial,
    index_trial,
    is_allowed,
    table_trials,
)
from consumer.fleet.connections import open_lease_table, open_stream, tables_client
from consumer.fleet.leases import TRIM_HORIZON
from consumer.fleet.table_creation import Gap, find_gaps
from consumer.fleet.table_forms import table_forms
from consumer.fleet.table_names import table_names
from consumer.problems import Problem
from consumer.publishing.claim_check import BODY_FOLDER
from consumer.publishing.dead_letter import RECORD_FOLDER
from consumer.settings.configuration import Configuration
from consumer.settings.publisher import PublisherSettings

_POLICY = "deploy/policy.json"
_LEASES = "Workers lose their leases, or can't checkpoint."
_READING = "No change is read."

Clients = Callable[[str], Any]
"""Makes a boto3 client of a service, by its name."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An action that can only be simulated."""

    action: str
    resource: str
    causes: str
    fix: str


def _grant(file: str) -> str:
    """How to fix a missing permission that this policy grants."""
    return f"grant it to this role, as {file} does"


def make_client(service: str) -> Any:  # noqa: ANN401 - boto3's clients have no common type
    """Return a client of IAM or STS."""
    return client(service, attempts=1)


class PermissionChecks:
    """Checks of permissions.

    Args:
        configuration: The configuration.
        clients: Makes clients of STS and IAM.
    """

    def __init__(self, configuration: Configuration, clients: Clients = make_client) -> None:
        self._configuration, self._clients = configuration, clients
        self._simulator: Simulator | None = None
        self._untold: str | None = None

    def all(self) -> list[Check]:
        """Return a check for each permission."""
        names = table_names(self._configuration.kcl)
        tried = [
            self._trial(f"{action} on {name}", call)
            for name, key in names.with_keys()
            for action, call in table_trials(name, key)
        ]
        query = f"dynamodb:Query on {names.leases}"
        tried.append(self._trial(query, index_trial(names.leases)))
        reading = Check("may read the stream", _READING, self._read, ("stream",))
        causes = "The first worker doesn't start."
        creating = Check(
            "lease tables exist or may be created", causes, self._create, ("lease table",)
        )
        wanted = [self._simulation(each) for each in self._wanted()]
        return [reading, creating, *tried, *wanted]

    def _trial(self, name: str, call: Trial) -> Check:
        return Check(f"may {name}", _LEASES, lambda: self._try(name, call), ("lease table",))

    def _try(self, name: str, call: Trial) -> Sequence[Problem]:
        try:
            tables = open_lease_table(self._configuration).tables
            allowed = is_allowed(lambda: call(tables))
        except SETUP_ERRORS as error:
            raise CannotTellError(explain(name, error)) from error
        return () if allowed else [Problem(name, "is not allowed", _grant(_POLICY))]

    def _read(self) -> Sequence[Problem]:
        """Make each of the three calls with which a worker reads; a problem names its call."""
        stream = answered("stream", lambda: open_stream(self._configuration))
        shards = answered("stream", stream.describe).shards
        if not shards:
            raise CannotTellError("the stream has no shard yet")
        shard_id = shards[-1].shard_id
        iterator = answered(shard_id, lambda: stream.iterator_after(shard_id, TRIM_HORIZON))
        answered(shard_id, lambda: stream.read(iterator, 1))
        return ()

    def _wanted(self) -> Iterator[_Wanted]:
        own, kcl = self._configuration.publisher, self._configuration.kcl
        causes = "No change is published; every shard waits."
        yield _Wanted("sns:Publish", own.topic_arn, causes, _grant(_POLICY))
        if own.dead_letter_queue_url:
            queue = _queue_arn(own, own.dead_letter_queue_url)
            causes = "A record that can't be published blocks its shard."
            fix = _grant("deploy/policy-dead-letters.json")
            yield _Wanted("sqs:SendMessage", queue, causes, fix)
        yield from self._wanted_of_the_bucket()
        if kcl.metrics_level != "NONE":
            fix = "grant it to this role, or set metricsLevel = NONE"
            yield _Wanted("cloudwatch:PutMetricData", "*", "KCL's metrics are lost.", fix)

    def _wanted_of_the_bucket(self) -> Iterator[_Wanted]:
        """One for each folder in use: IAM compares with an object's whole name."""
        own, fix = self._configuration.publisher, _grant("deploy/policy-claim-check.json")
        if not own.claim_check_bucket:
            return
        bucket = f"arn:{own.topic_arn.split(':')[1]}:s3:::{own.claim_check_bucket}"
        file = f"{self._configuration.table}/{NOBODY}"
        causes = "A change that is too large for the topic blocks its shard."
        yield _Wanted("s3:PutObject", f"{bucket}/{BODY_FOLDER}/{file}", causes, fix)
        if own.on_poison == "dead-letter":
            causes = "A record that is too large for the dead-letter queue blocks its shard."
            yield _Wanted("s3:PutObject", f"{bucket}/{RECORD_FOLDER}/{file}", causes, fix)

    def _create(self) -> Sequence[Problem]:
        """Return the problem of each table that is missing, and that this role may not create."""
        tables, forms = tables_client(self._configuration), table_forms(self._configuration.kcl)
        gaps = answered("lease tables", lambda: find_gaps(tables, forms))
        try:
            return [gap.problem for gap in gaps if not self._may_close(gap)]
        except CannotTellError as error:
            missing = ", ".join(f"{gap.action} on {gap.form.name} is needed" for gap in gaps)
            raise CannotTellError(f"{missing}; {error}") from error

    def _may_close(self, gap: Gap) -> bool:
        return self._is_allowed(gap.action, self._table_arn(gap.form.name))

    def _table_arn(self, name: str) -> str:
        kcl = self._configuration.kcl
        _, partition, _, region, account, _ = self._configuration.publisher.topic_arn.split(":")
        return f"arn:{partition}:dynamodb:{kcl.region_name or region}:{account}:table/{name}"

    def _simulation(self, wanted: _Wanted) -> Check:
        return Check(
            f"may {wanted.action} on {wanted.resource}",
            wanted.causes,
            lambda: self._simulate(wanted),
            ("credentials",),
        )

    def _simulate(self, wanted: _Wanted) -> Sequence[Problem]:
        if self._is_allowed(wanted.action, wanted.resource):
            return ()
        thing = f"{wanted.action} on {wanted.resource}"
        wrong = "is not allowed by this identity's policies (resource policies are not checked)"
        return [Problem(thing, wrong, wanted.fix)]

    def _is_allowed(self, action: str, resource: str) -> bool:
        """Ask IAM; raises CannotTellError if it gives no answer."""
        try:
            return self._ask().allows(action, resource)
        except SETUP_ERRORS as error:
            reason = f"a try would have an effect, and IAM gives no answer: {error}"
            self._untold = self._untold or reason
            raise CannotTellError(self._untold) from error

    def _ask(self) -> Simulator:
        """Ask who we are, once; after a failure ask nothing more."""
        if self._untold:
            raise CannotTellError(self._untold)
        if self._simulator is None:
            caller = self._clients("sts").get_caller_identity()["Arn"]
            self._simulator = Simulator(str(caller), self._clients("iam"))
        return self._simulator


def _queue_arn(own: PublisherSettings, url: str) -> str:
    """A queue's URL ends with its account and name."""
    account, name = url.rsplit("/", 2)[1:]
    return f"arn:{own.topic_arn.split(':')[1]}:sqs:{own.region_of('sqs')}:{account}:{name}"
