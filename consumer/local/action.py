"""What `listen` does: show what arrives at a topic, as it arrives."""

import time
from collections.abc import Iterator, Mapping

from rich.markup import escape

from consumer.local.subscription import Received, Subscription
from consumer.publishing.messages import AttributeValue
from consumer.terminal.failures import refuse_open_endpoints, told_in_one_line
from consumer.terminal.interrupts import StopRequest, deferred
from consumer.terminal.output import Console, say_json
from consumer.terminal.plurals import counted


def show_arrivals(
    topic_arn: str, max_messages: int | None, idle_seconds: float | None, *, as_json: bool
) -> None:
    """Print each message of a topic from now on, until there were enough or Ctrl-C."""
    refuse_open_endpoints()
    show = _print_json if as_json else _print_row
    with (
        deferred() as stop,
        told_in_one_line(f"topic {topic_arn}"),
        Subscription(topic_arn) as subscription,
    ):
        if not as_json:
            Console(stderr=True).print(f"Listening to {escape(topic_arn)}; Ctrl-C ends")
        for received in _arrivals(subscription, max_messages, idle_seconds, stop):
            show(received)


def _arrivals(
    subscription: Subscription, most: int | None, idle_seconds: float | None, stop: StopRequest
) -> Iterator[Received]:
    count, last = 0, time.monotonic()
    while not stop.is_set() and (most is None or count < most):
        for received in subscription.receive()[: None if most is None else most - count]:
            count, last = count + 1, time.monotonic()
            yield received
        if idle_seconds is not None and time.monotonic() - last >= idle_seconds:
            return


def _print_json(received: Received) -> None:
    document = {
        "messageId": received.message_id,
        "subject": received.subject,
        "sentAt": received.sent_at.isoformat(),
        "attributes": received.attributes,
        "entries": received.entries,
        **({} if received.entries else {"body": received.body}),
        **({"mistake": received.mistake} if received.mistake else {}),
    }
    say_json(document)


def _print_foreign(received: Received) -> None:
    """Somebody else's message, or a pointer that can't be followed, as it is."""
    why = received.mistake or "not a batch"
    Console(highlight=False).print(
        f"[bold]{received.sent_at:%H:%M:%S}[/]  {escape(why)}: {escape(received.body)}  "
        f"[dim]{escape(received.message_id)}[/]",
        soft_wrap=True,
    )


def _print_row(received: Received) -> None:
    if not received.entries:
        _print_foreign(received)
        return
    attributes = received.attributes
    names = [str(entry["eventName"]) for entry in received.entries]
    counts = ", ".join(f"{names.count(name)} {name}" for name in sorted(set(names)))
    place = f"{attributes.get('shardId')}  {_span(attributes)}  {received.message_id}"
    Console(highlight=False).print(
        f"[bold]{received.sent_at:%H:%M:%S}[/]  {counted(len(names), 'change'):>11}: "
        f"{escape(counts)}  [dim]{escape(place)}[/]",
        soft_wrap=True,
    )


def _span(attributes: Mapping[str, AttributeValue]) -> str:
    """Where the changes lie in their shard."""
    if "sequenceNumber" in attributes:
        return str(attributes["sequenceNumber"])
    return f"{attributes.get('firstSequenceNumber')} to {attributes.get('lastSequenceNumber')}"
