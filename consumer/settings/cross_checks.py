"""What settings must be to one another."""

from collections.abc import Iterator, Mapping

from consumer.settings.forms import is_fifo, table_of
from consumer.settings.rules import Value

STREAM_KEYS = ("publisher.table", "publisher.streamArn", "streamName")
"""Keys of which one says what is read; the first one where nobody says otherwise."""


def cross_check(found: Mapping[str, Value]) -> Iterator[str]:
    """Yield a line for each setting that lacks or contradicts another.

    Args:
        found: Values by name. What can't be read is not there: it has a line of its own already.
    """
    yield from _no_stream(found)
    yield from _two_streams(found)
    yield from _no_queue(found)
    yield from _no_dead_letters(found)
    yield from _short_time_out(found)
    yield from _no_mask_key(found)
    yield from _groups_without_a_fifo_topic(found)


def _no_stream(found: Mapping[str, Value]) -> Iterator[str]:
    is_unset = [found.get(name, "") is None for name in ("table", "stream_arn")]
    if all(is_unset) and found.get("stream_name") is None:
        yield "publisher.table: is missing; name the table, in the file or as PUBLISHER_TABLE"


def _two_streams(found: Mapping[str, Value]) -> Iterator[str]:
    table, own, kcls = (found.get(name) for name in ("table", "stream_arn", "stream_name"))
    if own and kcls and own != kcls:
        yield f"streamName = {kcls!r}: is not publisher.streamArn = {own!r}; name one of the two"
    arn = own or kcls
    if table and arn and table_of(str(arn)) != table:
        yield f"publisher.table = {table!r}: is not the table of {arn}; name one of the two"


def _no_queue(found: Mapping[str, Value]) -> Iterator[str]:
    is_wanted = found.get("on_poison") == "dead-letter"
    if is_wanted and found.get("dead_letter_queue_url", "") is None:
        yield "publisher.deadLetterQueueUrl: is missing; publisher.onPoison = dead-letter needs it"


def _no_dead_letters(found: Mapping[str, Value]) -> Iterator[str]:
    """Giving up is wanted, but there is nowhere to put what is given up."""
    limits = {"max_attempts": "publisher.maxAttempts", "max_record_age": "publisher.maxRecordAge"}
    for name, key in limits.items():
        if found.get("on_poison") == "stop" and found.get(name):
            yield (
                f"{key} = '{found[name]}': needs publisher.onPoison = dead-letter, with a queue; "
                "set that, or 0 here"
            )


def _short_time_out(found: Mapping[str, Value]) -> Iterator[str]:
    time_out, wait = (found.get(name) for name in ("child_timeout_millis", "retry_max_wait_millis"))
    if isinstance(time_out, int) and isinstance(wait, int) and time_out < 2 * wait:
        yield (
            f"publisher.childTimeoutMillis = '{time_out}': is less than twice "
            f"publisher.retryMaxWaitMillis, a wait without a sign of life; set at least {2 * wait}"
        )


def _no_mask_key(found: Mapping[str, Value]) -> Iterator[str]:
    if found.get("mask_attributes") and found.get("mask_key", "") is None:
        yield (
            "publisher.maskKey: is missing; publisher.maskAttributes needs it, in the environment "
            "as PUBLISHER_MASK_KEY"
        )


def _groups_without_a_fifo_topic(found: Mapping[str, Value]) -> Iterator[str]:
    group, topic = found.get("fifo_group"), found.get("topic_arn")
    if group not in {None, "shard"} and topic and not is_fifo(str(topic)):
        yield (
            f"publisher.fifoGroup = {group!r}: needs a FIFO topic, whose name ends in .fifo; "
            "name one as publisher.topicArn, or set shard"
        )
