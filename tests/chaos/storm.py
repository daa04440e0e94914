"""A run of chaos from beginning to end: the only place that knows all its parts."""

import contextlib
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from consumer.sandbox.backends import Sandbox
from consumer.sandbox.proxy import Proxy
from consumer.settings.variables import environment_name
from tests.chaos.fleet import Fleet
from tests.chaos.plan import Step, plan
from tests.chaos.traffic import FILTER_VARIABLE, ITEMS, Stall, Traffic
from tests.chaos.troubles import End, Services, Troubles
from tests.schemas.validation import CheckedSubscription
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.ledger import Balance
from tests.streams.stream import SimulatedStream

_READY_SECONDS = 240.0
# The lock of a leader that is gone for good lasts two minutes.
_PATIENCE_SECONDS = 300.0
_LOOK_SECONDS = 0.25
_QUIET_SECONDS = 3.0
# Longer than a record processor takes to start where all do so at once, on a busy machine.
_CHILD_TIMEOUT = "15000"
_SETTINGS = {
    "PUBLISHER_CHILD_TIMEOUT_MILLIS": _CHILD_TIMEOUT,
    "PUBLISHER_RETRY_MAX_WAIT_MILLIS": "2000",
    # A record processor that is just being started has to finish that first.
    "KCL_SHUTDOWN_GRACE_MILLIS": "60000",
}


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run is to be.

    Attributes:
        seconds: How long things go wrong.
        seed: Which things, and when.
        workers: How many workers there are.
        shards: How many shards the stream begins with.
        rate: Changes a second.
        settings: What the workers are told beyond that, by variable. `publisher.fifoGroup` makes
            the topic a FIFO topic.
    """

    seconds: float
    seed: int
    workers: int
    shards: int
    rate: float
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def topic(self) -> Mapping[str, Any]:
        """What the topic is made with."""
        if environment_name("publisher.fifoGroup") in self.settings:
            return {"Name": "changes.fifo", "Attributes": {"FifoTopic": "true"}}
        return {"Name": "changes"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it.

    Attributes:
        balance: What was written against what arrived.
        faults: How often each kind of trouble came.
        longest_stall: The longest that a change waited.
        worker_exits: How often a worker ended by itself.
        statuses: The workers' exit statuses at the end.
        some_lost: A few changes that were lost.
    """

    balance: Balance
    faults: Mapping[str, int]
    longest_stall: Stall
    worker_exits: int
    statuses: Sequence[int]
    some_lost: str

    @property
    def is_good(self) -> bool:
        """Whether the promise held."""
        balance = self.balance
        return not (balance.lost or balance.out_of_order or balance.foreign or any(self.statuses))


class Storm:
    """Everything that a run needs, while the `with` lasts.

    Args:
        forecast: What it is to be.
        folder: Where the workers' logs go.
        stream: The stream; a new one unless told.
        steps: What happens; as the seed has it unless told.
        items: What changes are picked from.

    Attributes:
        application: The name of the lease table.
        dynamodb: A boto3 client of the lease table.
        fleet: The workers.
        stream: The stream.
        traffic: What is written and what arrives.
        faults: How often each kind of trouble came so far.
    """

    def __init__(
        self,
        forecast: Forecast,
        folder: Path,
        *,
        stream: SimulatedStream | None = None,
        steps: Sequence[Step] | None = None,
        items: Sequence[str] = ITEMS,
    ) -> None:
        self.forecast, self._folder, self._items = forecast, folder, items
        self.application = f"chaos-{uuid.uuid4().hex[:8]}"
        self._steps = plan(forecast.seed, forecast.seconds) if steps is None else steps
        self._services = Services(forecast.seed)
        self._ends: list[tuple[float, str, End]] = []
        self.stream = stream or SimulatedStream("orders", forecast.shards)
        self.faults: Counter[str] = Counter()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            sandbox = stack.enter_context(Sandbox())
            self.dynamodb = sandbox.client("dynamodb")
            topic_arn = sandbox.client("sns").create_topic(**self.forecast.topic)["TopicArn"]
            self._start_fleet(stack, sandbox, topic_arn)
            clients = sandbox.client("sns"), sandbox.client("sqs")
            subscription = stack.enter_context(CheckedSubscription(topic_arn, *clients))
            rate, seed = self.forecast.rate, self.forecast.seed
            filtered = FILTER_VARIABLE in self.forecast.settings
            traffic = Traffic(
                self.stream, subscription, rate, seed, self._items, is_filtered=filtered
            )
            self.traffic = stack.enter_context(traffic)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def _start_fleet(self, stack: contextlib.ExitStack, sandbox: Sandbox, topic_arn: str) -> None:
        services = self._services
        stream = StreamsEndpoint(self.stream, fault=services.stream.instead)
        topic = Proxy(sandbox.topics.url, services.topic.instead, services.topic.change)
        leases = Proxy(sandbox.tables.url, services.leases.instead)
        settings = {
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": stack.enter_context(stream).url,
            "AWS_ENDPOINT_URL_SNS": stack.enter_context(topic).url,
            "AWS_ENDPOINT_URL_DYNAMODB": stack.enter_context(leases).url,
            "PUBLISHER_TABLE": self.stream.table,
            "PUBLISHER_STREAM_ARN": self.stream.arn,
            "PUBLISHER_TOPIC_ARN": topic_arn,
            "KCL_APPLICATION_NAME": self.application,
            **self.forecast.settings,
        }
        environ = sandbox.environment() | _SETTINGS | settings
        self.fleet = Fleet(self.forecast.workers, environ, self._folder)
        stack.callback(self.fleet.close)
        self._troubles = Troubles(self.fleet, self.stream, services)

    @property
    def wrong(self) -> Sequence[str]:
        """What is wrong at the moment."""
        return [kind for _, kind, _ in self._ends]

    def until_ready(self) -> Iterator[None]:
        """Yield from time to time until changes of every shard have arrived.

        Raises:
            TimeoutError: They don't.
        """
        wanted, deadline = set(self.stream.open_shards()), time.monotonic() + _READY_SECONDS
        while not wanted <= self.traffic.shards:
            if time.monotonic() > deadline:
                raise TimeoutError(f"not every shard was read within {_READY_SECONDS:.0f} s")
            self._look()
            yield
        self.traffic.begin_to_measure()

    def while_it_rages(self) -> Iterator[None]:
        """Yield from time to time while things go wrong as planned."""
        began, seconds = time.monotonic(), self.forecast.seconds
        for step in self._steps:
            while time.monotonic() - began < step.at:
                self._look()
            yield
            end = self._troubles.begin(step)
            if end is not None:
                self.faults[step.kind] += 1
                self._ends.append((time.monotonic() + step.lasts, step.kind, end))
        while self._ends or time.monotonic() - began < seconds:
            self._look()
            yield

    def until_calm(self) -> Iterator[None]:
        """Yield from time to time until all has arrived, or nothing has for a long time.

        A worker may be on its way up while another delivers the last of it: SIGTERM would end that
        one before it can do so in order.
        """
        self.traffic.write_no_more()
        since = time.monotonic()
        while self.traffic.balance.lost or not self.fleet.can_be_retired:
            if time.monotonic() - max(since, self.traffic.last_arrival) > _PATIENCE_SECONDS:
                return
            self._look()
            yield

    def outcome(self) -> Outcome:
        """Stop the workers, receive what is still under way, and return the figures."""
        statuses, since = self.fleet.retire(), time.monotonic()
        while time.monotonic() - max(since, self.traffic.last_arrival) < _QUIET_SECONDS:
            time.sleep(_LOOK_SECONDS)
        return Outcome(
            balance=self.traffic.balance,
            faults=dict(self.faults),
            longest_stall=self.traffic.longest_stall,
            worker_exits=sum(worker.exits for worker in self.fleet.workers),
            statuses=statuses,
            some_lost=self.traffic.some_lost(),
        )

    def _look(self) -> None:
        time.sleep(_LOOK_SECONDS)
        now = time.monotonic()
        for due in [each for each in self._ends if each[0] <= now]:
            self._ends.remove(due)
            due[2]()
        self.fleet.tend()
