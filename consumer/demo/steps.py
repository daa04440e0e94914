"""The steps of the tour, each of which checks what its commands show."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from consumer.demo.changes import Change
from consumer.demo.daemon import Daemon
from consumer.demo.limits import TopicLimit
from consumer.demo.page import TourPage, check
from consumer.demo.stage import CREATE, LIMIT, SUBSCRIBE, TOPIC_ARN, Stage
from consumer.publishing.events import EVENTS
from consumer.sandbox.waits import wait_for

_COUNT = 20
_DOCTOR = ("stream-publisher", "doctor")
_BLOCKED = EVENTS["publish_blocked"].message.partition(":")[0]
_LARGE = {"id": {"S": "large"}, "version": {"N": "-1"}, "note": {"S": "x" * 20_000}}


@dataclass(frozen=True, slots=True)
class Tour:
    """The parts of a tour: what is played on, what is shown, who works, what the topic takes."""

    stage: Stage
    page: TourPage
    worker: Daemon
    topic: TopicLimit

    def see_changes_arrive(self) -> datetime:
        """Changes arrive; return when the first of them was written."""
        step = "The worker publishes every change of the table, ten in a message. One is shown here"
        self.page.step("Changes arrive", f"{step} by a subscriber of its own.")
        command = ("stream-publisher", "listen", TOPIC_ARN, "--max-messages", "1")
        listening = self.page.start(*command)
        self._wait("listen subscribes", lambda: self.stage.listeners() > 1)
        began = datetime.now(UTC)
        self.stage.write_next(_COUNT)
        self.page.finish(listening, *command)
        self._receive_everything()
        return began

    def break_topic(self) -> None:
        """The topic is gone: log and status tell."""
        self.page.step("The topic is gone", "Somebody deletes it, and more changes are written.")
        self._wait("checkpoints", self.stage.is_checkpointed)
        self.page.run("aws", "sns", "delete-topic", "--topic-arn", TOPIC_ARN)
        self.stage.write_next(_COUNT)
        log = self.worker.process.log
        self._wait("the log says it", lambda: _BLOCKED in log.read_text())
        self.page.say("The worker's log says what is wrong and what to do:")
        said = self.page.run("grep", "-m1", _BLOCKED, log.name)
        check(TOPIC_ARN in said, "the log names the topic")
        self._look_at_what_waits()

    def _look_at_what_waits(self) -> None:
        """Both at once: `doctor` watches leases for some seconds."""
        examining = self.page.start(*_DOCTOR)
        self.page.say("The changes wait in the stream, for 24 hours at most.")
        shown = self.page.run("stream-publisher", "status")
        check(f" {_COUNT} records left" in shown, "status tells what waits")
        self.page.say("What is wrong with the whole set-up, and what it causes:")
        found = self.page.finish(examining, *_DOCTOR, status=1)
        check(f"{TOPIC_ARN}': doesn't exist" in found, "doctor names the topic")

    def fix_topic(self) -> None:
        """The topic is back, and so is everything."""
        gate = (
            "In between the tour holds what is published: without a subscriber it reached nobody."
        )
        self.page.step("The topic is back", f"It is made again, with its subscriber. {gate}")
        self.topic.publishing.clear()
        self.page.run(*CREATE)
        self.page.run(*SUBSCRIBE)
        self.topic.publishing.set()
        self._receive_everything()
        self._wait("checkpoints", self.stage.is_checkpointed)
        self.page.say("The worker goes on by itself, where it stood:")
        shown = self.page.run("stream-publisher", "status")
        check(" 0 records left" in shown, "nothing waits any more")

    def replay(self, since: datetime) -> None:
        """Everything since a moment comes again."""
        self.page.step(
            "Changes come again",
            "A subscriber has lost what it received: checkpoints go back, while the worker runs.",
        )
        before, written = len(self.stage.tally.received), len(self.stage.tally.written)
        moment = since.strftime("%Y-%m-%dT%H:%M:%SZ")
        shown = self.page.run("stream-publisher", "replay", "--from", moment, "--yes")
        planned = re.search(r"([\d,]+) records? of", shown)
        check(planned is not None and planned[1] == str(written), "the plan has every change")
        self._receive_until("replay", lambda: self.stage.arrived_after(before).lost == 0)
        again = self.stage.arrived_after(before)
        check((again.delivered, again.foreign) == (written, 0), "each change came again")
        self.page.say(
            f"{again.delivered} changes were written since, {again.delivered} came again."
        )
        self._wait("checkpoints", self.stage.is_checkpointed)

    def redrive(self) -> None:
        """A change that is too large becomes a dead letter, and arrives after all."""
        self.page.step(
            "A dead letter is redriven",
            f"The topic takes messages of {LIMIT} bytes, and a change is larger. With "
            "`publisher.onPoison = dead-letter` it goes to a queue, and the shard goes on.",
        )
        self.stage.write([Change("INSERT", "large", _LARGE, None)])
        self._wait("a letter", self.stage.has_letter)
        listed = self.page.run("stream-publisher", "dead-letters", "list")
        check("1 dead letter" in listed, "one dead letter is listed")
        self.page.say("The topic is allowed larger messages, and the dead letter is sent:")
        limit = ("--attribute-name", "MaximumMessageSize", "--attribute-value", "262144")
        self.page.run("aws", "sns", "set-topic-attributes", "--topic-arn", TOPIC_ARN, *limit)
        done = self.page.run("stream-publisher", "dead-letters", "redrive", "--all")
        check("published, 0 not published" in done, "one letter is redriven")
        self._receive_everything()

    def account(self) -> None:
        """Nothing is lost."""
        self.page.step("The account", "What was written against what arrived, one by one.")
        compared = self.stage.tally.comparison()
        self.page.say(
            f"{len(self.stage.tally.written)} changes written, {compared.delivered} arrived, "
            f"{compared.lost} lost; {compared.duplicates} came again, by the replay."
        )
        check((compared.lost, compared.foreign) == (0, 0), "nothing is lost or changed")

    def _receive_everything(self) -> None:
        self._receive_until("every change", lambda: self.stage.tally.comparison().lost == 0)

    def _receive_until(self, what: str, enough: Callable[[], bool]) -> None:
        def is_enough() -> bool:
            self.stage.receive()
            return enough()

        self._wait(what, is_enough)

    def _wait(self, what: str, condition: Callable[[], bool]) -> None:
        def holds() -> bool:
            self.page.look()
            return condition()

        wait_for(holds, what, self.worker.process)
