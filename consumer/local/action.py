"""What `listen` does: show what arrives at a topic, as it arrives."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from consumer.local.forward import Target, forward
from consumer.local.screen import print_changes, print_json
from consumer.local.subscription import Received, Subscription
from consumer.terminal.change_text import Filter
from consumer.terminal.failures import refuse_open_endpoints, told_in_one_line
from consumer.terminal.interrupts import StopRequest, deferred
from consumer.terminal.output import say_error

_EVERYTHING = Filter()


@dataclass(frozen=True, slots=True)
class Options:
    """What to show of what arrives, and for how long.

    Attributes:
        max_messages: After how many messages to stop; None for no limit.
        idle_seconds: After how long without a message to stop; None for no limit.
        filter: Which changes to show.
        target: Who else gets each message; None for nobody.
        as_json: Whether to print JSON.
    """

    max_messages: int | None = None
    idle_seconds: float | None = None
    filter: Filter = _EVERYTHING
    target: Target | None = None
    as_json: bool = False


def show_arrivals(topic_arn: str, options: Options) -> None:
    """Print each message of a topic from now on, until there were enough or Ctrl-C."""
    refuse_open_endpoints()
    show = print_json if options.as_json else print_changes
    with (
        deferred() as stop,
        told_in_one_line(f"topic {topic_arn}"),
        Subscription(topic_arn) as subscription,
    ):
        if not options.as_json:
            say_error(f"Listening to {topic_arn}; Ctrl-C ends")
        for received in _arrivals(subscription, options, stop):
            show(received)
            if options.target and (problem := forward(received, topic_arn, options.target)):
                say_error(problem)


def _arrivals(
    subscription: Subscription, options: Options, stop: StopRequest
) -> Iterator[Received]:
    """Yield each message that has something to show."""
    left, last = options.max_messages, time.monotonic()
    while not stop.is_set() and left != 0:
        for received in subscription.receive()[:left]:
            last = time.monotonic()
            chosen = _chosen(received, options.filter)
            if chosen:
                left = left - 1 if left else left
                yield chosen
        if options.idle_seconds is not None and time.monotonic() - last >= options.idle_seconds:
            return


def _chosen(received: Received, wanted: Filter) -> Received | None:
    """Return a message with those of its changes that are wanted; None where none is.

    What is no batch is shown where everything is.
    """
    if not received.entries:
        return received if wanted == _EVERYTHING else None
    entries = [entry for entry in received.entries if wanted.takes(entry)]
    return replace(received, entries=entries) if entries else None
