"""The doctor names each fault that is planted, and none on a sound set-up."""

import json
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

from consumer.doctor.examination import Surroundings, examine
from consumer.fleet.table_creation import create_tables
from consumer.fleet.table_forms import table_forms
from consumer.fleet.topic_claims import TopicClaim
from consumer.problems import CheckOutcome
from consumer.settings.kcl import KclSettings
from tests.places import ROOT
from tests.project.policies import allowed
from tests.streams import faults
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.items import Items
from tests.streams.stream import SimulatedStream

REGION = "eu-west-1"
TOPIC = f"arn:aws:sns:{REGION}:123456789012:changes"
QUEUE = f"https://sqs.{REGION}.amazonaws.com/123456789012/letters"
JARS = (
    "amazon-kinesis-client-3.1.3.jar",
    "amazon-kinesis-client-multilang-3.1.3.jar",
    "dynamodb-streams-kinesis-adapter-2.0.1.jar",
    "streams-multilang-daemon-0.1.0.jar",
)


POLICIES = ("policy", "policy-bootstrap", "policy-dead-letters", "policy-claim-check")
NAMES = {
    "PARTITION": "aws",
    "REGION": REGION,
    "ACCOUNT": "123456789012",
    "APPLICATION": "app",
    "TABLE": "orders",
    "TOPIC": "changes",
    "QUEUE": "letters",
    "BUCKET": "large-changes",
}


def granted() -> set[tuple[str, str]]:
    """What deploy/'s policies grant a worker, with a test's names."""
    pairs: set[tuple[str, str]] = set()
    for name in POLICIES:
        text = (ROOT / "deploy" / f"{name}.json").read_text()
        filled = re.sub(r"\b[A-Z]{3,}\b", lambda word: NAMES[word[0]], text)
        pairs |= allowed(json.loads(filled))
    return pairs


@dataclass
class Iam:
    """STS and IAM, who allow what deploy/'s policies grant, and forbid what a test says."""

    forbidden: set[str] = field(default_factory=set)
    granted: set[tuple[str, str]] = field(default_factory=granted)

    def get_caller_identity(self) -> dict[str, str]:
        """A user."""
        return {"Arn": "arn:aws:iam::123456789012:user/worker"}

    def simulate_principal_policy(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - as boto3
        """The decision about one action."""
        (action,), (resource,) = asked["ActionNames"], asked["ResourceArns"]
        is_granted = action not in self.forbidden and any(
            action == each and fnmatchcase(resource, pattern) for each, pattern in self.granted
        )
        decision = "allowed" if is_granted else "implicitDeny"
        return {"EvaluationResults": [{"EvalDecision": decision}]}


@dataclass
class Setup:
    """A host, AWS in memory, a simulated stream and a worker that renews its lease.

    Attributes:
        folder: Where java and the jars are.
        environ: The settings.
        stream: The stream.
        endpoint: Where it is served.
        ages: How many seconds old records are when they are written.
        patch: Changes the environment of this process.
        seconds: The clock.
        ahead: How many seconds the host's clock is ahead.
        works: Whether the worker reports.
        renews: Whether it renews.
        behind: How many seconds the clock of a second worker is behind; None without one.
        iam: What IAM tells.
    """

    folder: Path
    environ: dict[str, str]
    stream: SimulatedStream
    endpoint: StreamsEndpoint
    ages: list[float]
    patch: pytest.MonkeyPatch
    seconds: float = field(default_factory=time.time)
    ahead: float = 0
    works: bool = True
    renews: bool = True
    behind: int | None = None
    iam: Iam = field(default_factory=Iam)

    def now(self) -> float:
        """The host's clock."""
        return self.seconds + self.ahead

    def pause(self, seconds: float) -> None:
        """Time passes, and the worker does its work meanwhile."""
        self.seconds += seconds
        if self.works:
            self.report()
        if self.behind is not None:
            self.report(self.behind, "w2")
        if self.renews:
            self.renew()

    def report(self, seconds_ago: int = 0, worker: str = "w1") -> None:
        """A worker reports, by default one whose clock is right."""
        report = {"wid": {"S": worker}, "lut": {"N": str(int(self.seconds) - seconds_ago)}}
        self.tables.put_item(TableName="app-WorkerMetricStats", Item=report)

    def renew(self) -> None:
        """The worker renews every lease."""
        for item in self.tables.scan(TableName="app")["Items"]:
            counter = int(item["leaseCounter"]["N"]) + 1
            self.lease(item["leaseKey"]["S"], item["checkpoint"]["S"], counter)

    def lease(self, shard_id: str, checkpoint: str = "TRIM_HORIZON", counter: int = 1) -> None:
        """Write a lease of the worker's."""
        row = {"leaseKey": {"S": shard_id}, "checkpoint": {"S": checkpoint}}
        more = {"leaseCounter": {"N": str(counter)}, "leaseOwner": {"S": "w1"}}
        self.tables.put_item(TableName="app", Item=row | more)

    @property
    def tables(self) -> Any:  # noqa: ANN401 - boto3's client
        """A client of DynamoDB."""
        return boto3.client("dynamodb", region_name=REGION)

    def outcomes(self) -> list[CheckOutcome]:
        """What the doctor says."""
        around = Surroundings(self.environ, self.now, self.pause, lambda _service: self.iam)
        return examine({}, around)


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Setup]:
    """A sound set-up."""
    for name in JARS:
        (tmp_path / name).touch()
    write_java(tmp_path, 'openjdk version "17.0.15"')
    ages = [0.0]
    stream = SimulatedStream("orders", now=lambda: time.time() - ages[-1])
    with mock_aws(), StreamsEndpoint(stream) as endpoint:
        for name, value in {
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": endpoint.url,
        }.items():
            monkeypatch.setenv(name, value)
        environ = {
            "PATH": os.pathsep.join([str(tmp_path), os.environ["PATH"]]),
            "AWS_REGION": REGION,
            "PUBLISHER_JARS": str(tmp_path),
            "PUBLISHER_STREAM_ARN": stream.arn,
            "PUBLISHER_TOPIC_ARN": TOPIC,
            "PUBLISHER_ON_POISON": "dead-letter",
            "PUBLISHER_DEAD_LETTER_QUEUE_URL": QUEUE,
            "PUBLISHER_CLAIM_CHECK_BUCKET": "large-changes",
            "KCL_APPLICATION_NAME": "app",
        }
        boto3.client("sns").create_topic(Name="changes")
        boto3.client("sqs").create_queue(QueueName="letters")
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="large-changes")
        made = Setup(tmp_path, environ, stream, endpoint, ages, monkeypatch)
        create_tables(made.tables, table_forms(KclSettings(application_name="app")))
        made.report()
        for shard_id in stream.open_shards():
            made.lease(shard_id)
        yield made


def create_table(tables: Any, name: str, key: str, **more: Any) -> None:  # noqa: ANN401 - boto3's
    """A table with this key."""
    tables.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )


def write_java(folder: Path, says: str) -> None:
    """A java that says which version it is."""
    (folder / "java").write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    (folder / "java").chmod(0o755)


def found(outcomes: list[CheckOutcome]) -> dict[str, str]:
    """Each finding's line, by its check."""
    return {o.check: str(problem) for o in outcomes for problem in o.problems}


def test_nothing_is_found_on_a_sound_set_up(setup: Setup) -> None:
    """Every check is ok, with a record that waits and one that is read."""
    _, number = setup.stream.add(Items().write("a")[0])
    setup.lease(setup.stream.open_shards()[0], number)
    setup.stream.add(Items().write("b")[0])
    rows = setup.tables.scan(TableName="app-CoordinatorState")["Count"]
    outcomes = setup.outcomes()

    assert [outcome for outcome in outcomes if outcome.verdict != "ok"] == []
    assert len(outcomes) == 50
    assert setup.tables.scan(TableName="app-CoordinatorState")["Count"] == rows
    assert setup.tables.scan(TableName="app")["Count"] == 1


def mistype(setup: Setup) -> None:
    """A setting that nobody knows."""
    setup.environ["PUBLISHER_BATCHSIZE"] = "10"


def age_java(setup: Setup) -> None:
    """An old Java."""
    write_java(setup.folder, 'java version "1.8.0_402"')


def lose_a_jar(setup: Setup) -> None:
    """A class path without the adapter."""
    (setup.folder / JARS[2]).unlink()


def lose_the_program(setup: Setup) -> None:
    """A record processor that is not installed."""
    setup.environ["KCL_EXECUTABLE_NAME"] = "no-such-program"


def lose_credentials(setup: Setup) -> None:
    """Nobody to be."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        setup.patch.delenv(name, raising=False)
    setup.patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    setup.patch.setenv("HOME", "/nowhere")


def misdirect(setup: Setup) -> None:
    """An endpoint that nobody answers at."""
    setup.patch.setenv("AWS_ENDPOINT_URL_SNS", "http://127.0.0.1:9")


def advance_the_clock(setup: Setup) -> None:
    """A clock that is seven minutes ahead."""
    setup.ahead = 420


def lose_the_stream(setup: Setup) -> None:
    """A table whose stream lacks an image."""
    view = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    create_table(setup.tables, "orders", "id", StreamSpecification=view)
    del setup.environ["PUBLISHER_STREAM_ARN"]
    setup.environ["PUBLISHER_TABLE"] = "orders"


def lose_the_topic(_setup: Setup) -> None:
    """A topic that was deleted."""
    boto3.client("sns").delete_topic(TopicArn=TOPIC)


def shrink_the_queue(_setup: Setup) -> None:
    """A dead-letter queue that takes messages of 64 KiB."""
    boto3.client("sqs").set_queue_attributes(
        QueueUrl=QUEUE, Attributes={"MaximumMessageSize": "65536"}
    )


def lose_the_queue(_setup: Setup) -> None:
    """A dead-letter queue that was deleted."""
    boto3.client("sqs").delete_queue(QueueUrl=QUEUE)


def lose_the_bucket(_setup: Setup) -> None:
    """A bucket that was deleted."""
    boto3.client("s3", region_name="us-east-1").delete_bucket(Bucket="large-changes")


def forbid_to_publish(setup: Setup) -> None:
    """A role that lacks what can't be tried."""
    setup.iam.forbidden.add("sns:Publish")


def forbid_to_read(setup: Setup) -> None:
    """A role that lacks what can be tried."""
    script = faults.Script()
    script.plan("GetRecords", faults.denied, times=100)
    setup.endpoint.fault = script


def stop_workers(setup: Setup) -> None:
    """The only worker is gone for two minutes."""
    setup.works = setup.renews = False
    setup.report(seconds_ago=120)


def publish_elsewhere(setup: Setup) -> None:
    """A worker that publishes to another topic."""
    claim = TopicClaim("w1", f"{TOPIC}-2", int(setup.seconds) - 900)
    setup.tables.put_item(TableName="app-CoordinatorState", Item=claim.to_item())


def lack_places(setup: Setup) -> None:
    """One worker that may hold one lease, and two open shards."""
    setup.environ["KCL_MAX_LEASES_FOR_WORKER"] = "1"
    setup.stream.split(setup.stream.open_shards()[0])


def slow_a_clock(setup: Setup) -> None:
    """A second worker whose clock is five seconds behind the leader's."""
    setup.behind = 5
    lock = {"ownerName": {"S": "w1"}, "recordVersionNumber": {"S": "v"}}
    row = {"key": {"S": "Leader"}, **lock, "leaseDuration": {"S": "20000"}}
    setup.tables.put_item(TableName="app-CoordinatorState", Item=row)


def disable_the_stream(setup: Setup) -> None:
    """A stream that takes no more changes, under a running worker."""
    setup.stream.disable()


def stop_renewing(setup: Setup) -> None:
    """A worker that reports, and lets its leases be."""
    setup.renews = False


def swap_streams(setup: Setup) -> None:
    """A lease table that another stream's worker has used before."""
    setup.lease(f"shardId-{int(setup.seconds - 60) * 1000:020}-aaaa")


def fall_behind(setup: Setup) -> None:
    """A record that is twenty hours old, and that nobody has read."""
    setup.ages.append(20 * 3600)
    setup.stream.add(Items().write("a")[0])


PLANTED: list[tuple[Callable[[Setup], None], str, str]] = [
    (mistype, "settings", "PUBLISHER_BATCHSIZE: is not a known variable; did you mean"),
    (age_java, "java version", "is Java 8; install a Java 17 runtime"),
    (lose_a_jar, "class path", "lacks dynamodb-streams-kinesis-adapter; build it again"),
    (lose_the_program, "record processor", "'no-such-program': can't be run; name a program"),
    (lose_credentials, "credentials", "no credentials were found; set AWS_PROFILE"),
    (misdirect, "endpoint of sns", "can't be reached"),
    (advance_the_clock, "clock", "s ahead of AWS's; set it by a time service"),
    (lose_the_stream, "stream", "has the view NEW_IMAGE, which lacks images; a view can't"),
    (lose_the_topic, "topic", f"'{TOPIC}': doesn't exist"),
    (lose_the_queue, "dead-letter queue", f"'{QUEUE}': doesn't exist"),
    (shrink_the_queue, "dead-letter queue", "takes messages of 65536 bytes, but a dead letter may"),
    (
        lose_the_bucket,
        "claim-check bucket",
        "'large-changes' of account 123456789012: doesn't exist",
    ),
    (forbid_to_publish, f"may sns:Publish on {TOPIC}", "is not allowed by this identity"),
    (forbid_to_read, "may read the stream", "GetRecords is not allowed; grant it"),
    (stop_workers, "workers", "none has reported for"),
    (publish_elsewhere, "one topic", f"worker w1: publishes to {TOPIC}-2, not to {TOPIC}; stop"),
    (lack_places, "places for shards", "maxLeasesForWorker = 1: 1 worker may hold 1 of 2 shards"),
    (slow_a_clock, "clocks of workers", "worker w2: its clock is about 5 s behind the clock of"),
    (disable_the_stream, "stream takes changes", "is disabled, so no further change of the table"),
    (stop_renewing, "leases are renewed", "w1 has not renewed its lease for 11 s; restart w1"),
    (swap_streams, "leases are this stream's", "has leases of another stream, such as"),
    (fall_behind, "24 hours", "its oldest unread record is 20.0 h old and expires in 4.0 h"),
]


@pytest.mark.parametrize(
    ("plant", "check", "said"), PLANTED, ids=[plant.__name__ for plant, _, _ in PLANTED]
)
def test_a_planted_fault_is_found_and_nothing_else(
    setup: Setup, plant: Callable[[Setup], None], check: str, said: str
) -> None:
    """What follows from it could not be told; what has nothing to do with it is ok."""
    with setup.patch.context() as patch:
        setup.patch = patch
        plant(setup)
        outcomes = setup.outcomes()
    findings = found(outcomes)

    assert list(findings) == [check]
    assert said in findings[check]
    assert all(outcome.causes for outcome in outcomes if outcome.problems)


def test_a_permission_on_a_table_is_tried(setup: Setup) -> None:
    """By a write whose condition can't hold, which IAM refuses first."""
    iam = boto3.client("iam")
    iam.create_user(UserName="worker")
    deny = {"Effect": "Deny", "Action": "dynamodb:PutItem", "Resource": "*"}
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow, deny]})
    iam.put_user_policy(UserName="worker", PolicyName="p", PolicyDocument=policy)
    key = iam.create_access_key(UserName="worker")["AccessKey"]
    setup.patch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    setup.patch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    setup.works = setup.renews = False  # the test itself may not put rows any more
    # moto looks for a signature, which these calls don't have, once it holds callers to policies.
    setup.patch.setattr("consumer.doctor.endpoint_checks.probe", lambda *_service: time.time())

    @set_initial_no_auth_action_count(0)
    def as_worker() -> dict[str, str]:
        return found(setup.outcomes())

    boto3.setup_default_session()  # the one that there is keeps the keys that it has found
    findings = as_worker()
    boto3.setup_default_session()
    denied = [line for check, line in findings.items() if check.startswith("may dynamodb:PutItem")]
    assert [line.split(":")[0] for line in denied] == ["dynamodb"] * 3
    assert {check for check in findings if check.startswith("may")} == {
        f"may dynamodb:PutItem on app{name}"
        for name in ("", "-WorkerMetricStats", "-CoordinatorState")
    }


@pytest.mark.parametrize(
    "action",
    [
        "sns:Publish",
        "sqs:SendMessage",
        "s3:PutObject",
    ],
)
def test_a_permission_that_is_missing_is_told_with_the_policy_that_has_it(
    setup: Setup, action: str
) -> None:
    """The file is there, and has it."""
    setup.iam.forbidden.add(action)
    fixes = {str(problem.fix) for o in setup.outcomes() for problem in o.problems}
    (file,) = {re.sub(r"^grant it to this role, as (\S+) does$", r"\1", fix) for fix in fixes}
    text = (ROOT / file).read_text()

    assert action in {each for each, _ in allowed(json.loads(text))}


def test_each_table_that_is_missing_is_named_where_the_role_may_not_create_it(
    setup: Setup,
) -> None:
    """The policy of every day doesn't grant it, and needn't while the tables are there."""
    setup.iam.forbidden |= {"dynamodb:CreateTable", "dynamodb:UpdateTable"}
    assert [outcome for outcome in setup.outcomes() if outcome.verdict != "ok"] == []

    for name in ("app", "app-CoordinatorState"):
        setup.tables.delete_table(TableName=name)
    (outcome,) = (o for o in setup.outcomes() if o.check == "lease tables exist or may be created")
    assert [problem.thing for problem in outcome.problems] == [
        "table 'app'",
        "table 'app-CoordinatorState'",
    ]
    assert all("deploy/policy-bootstrap.json" in problem.fix for problem in outcome.problems)


def test_a_missing_table_is_named_where_iam_gives_no_answer(setup: Setup) -> None:
    """What the role needs, and why nobody knows whether it has it."""
    setup.iam.get_caller_identity = _refuse  # type: ignore[method-assign]
    setup.tables.delete_table(TableName="app-CoordinatorState")
    untold = {o.check: o.untold for o in setup.outcomes()}
    said = str(untold["lease tables exist or may be created"])

    assert said.startswith("dynamodb:CreateTable on app-CoordinatorState is needed; ")
    assert "IAM gives no answer: nobody there" in said


def test_no_bucket_for_letters_is_asked_for_where_there_are_none(setup: Setup) -> None:
    """A shard stops before a record that can't be published."""
    setup.environ["PUBLISHER_ON_POISON"] = "stop"
    asked = [o.check for o in setup.outcomes() if o.check.startswith("may s3:PutObject")]

    assert asked == [
        "may s3:PutObject on arn:aws:s3:::large-changes/messages/orders/stream-publisher-doctor"
    ]


def test_kcls_metrics_are_in_no_policy(setup: Setup) -> None:
    """So that what else can be done is told."""
    setup.environ["KCL_METRICS_LEVEL"] = "SUMMARY"
    (line,) = found(setup.outcomes()).values()

    assert line.endswith("; grant it to this role, or set metricsLevel = NONE")


def test_a_fresh_set_up_lacks_workers_only(setup: Setup) -> None:
    """Tables that no worker has made yet are no fault."""
    for name in ("app", "app-WorkerMetricStats", "app-CoordinatorState"):
        setup.tables.delete_table(TableName=name)
    outcomes = setup.outcomes()

    assert list(found(outcomes)) == ["workers"]
    assert "none has ever reported" in found(outcomes)["workers"]


def test_what_cant_be_told_says_why(setup: Setup) -> None:
    """Neither ok nor a finding."""
    silent = replace(setup, iam=Iam())
    silent.iam.get_caller_identity = _refuse  # type: ignore[method-assign]
    untold = {o.check: o.untold for o in silent.outcomes() if o.untold}

    assert len(untold) == 4
    assert all("IAM gives no answer: nobody there" in str(why) for why in untold.values())


def _refuse() -> dict[str, str]:
    raise OSError("nobody there")
