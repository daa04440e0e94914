"""How many records a second a record processor publishes, and what CPU each of them costs.

    .venv/bin/python -m benchmarks.processor [--records 20000] [--json]

The record processor of one shard, in this process, from the daemon's lines to boto3's requests. The
requests get their answers here, after so many milliseconds; so nothing but the record processor is
measured. Records have 200 bytes in their images, a thousand come in one delivery, and all are of
different items.

*in flight*: `publisher.maxInFlight`. *CPU* is this process's for each record, in milliseconds: with
boto3, and without it, where the client is a stub. *reader*: how many MB a second of one line of the
protocol are read from a pipe, for lines of different lengths.
"""

import base64
import io
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import click
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from rich.console import Console
from rich.table import Table

from benchmarks.sns_answers import action, answer
from consumer.aws.clients import client
from consumer.delivery.retries import Retries
from consumer.delivery.retry_policy import RetryPolicy
from consumer.delivery.sns import SnsPublisher
from consumer.filtering.pattern import read_patterns
from consumer.filtering.selection import Selection
from consumer.publishing.batches import Batcher
from consumer.publishing.messages import MessageForm
from consumer.publishing.poison import StopOnPoison
from consumer.publishing.processor import ShardProcessor
from consumer.publishing.records import decode_record
from consumer.publishing.shard import Destinations, Shard
from consumer.settings.publisher import PublisherSettings
from consumer.telemetry.logs import LogJournal, start_logging
from consumer.worker.kcl import RecordProcessor, converse

TOPIC = "arn:aws:sns:eu-west-1:123456789012:changes"
SUBJECT = PublisherSettings(topic_arn=TOPIC).subject
PAGE = 1_000
MEGABYTE = 1_000_000
_CHECKPOINTED = '{"action": "checkpoint", "sequenceNumber": null, "subSequenceNumber": null}\n'


class StubSns:
    """An SNS client without boto3."""

    def __init__(self, seconds: float) -> None:
        self.calls, self._seconds = 0, seconds

    def publish_batch(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401
        """Take every message."""
        self.calls += 1
        time.sleep(self._seconds)
        entries = request["PublishBatchRequestEntries"]
        return {"Successful": [{"Id": entry["Id"], "MessageId": "m"} for entry in entries]}

    def get_topic_attributes(self, **_request: Any) -> dict[str, Any]:  # noqa: ANN401
        """The limit is SNS's own."""
        return {"Attributes": {}}


class AnsweredSns:
    """The program's own client, whose requests are answered here."""

    def __init__(self, seconds: float) -> None:
        self.calls, self._seconds = 0, seconds
        self.client = client("sns", region="eu-west-1")
        self.client.meta.events.register("before-send.sns.*", self._answer)

    def _answer(self, request: Any, **_rest: Any) -> AWSResponse:  # noqa: ANN401
        if action(request.body) == "PublishBatch":
            self.calls += 1
            time.sleep(self._seconds)
        text = answer(request.body, self.calls)
        return AWSResponse(request.url, 200, HTTPHeaders(), _Raw(text))


class _Raw(io.BytesIO):
    def stream(self, **_options: object) -> Iterator[bytes]:
        """What botocore reads."""
        yield self.read()


class Daemon:
    """The other side of the protocol: says lines, and makes each checkpoint at once.

    Args:
        lines: What it says.

    Attributes:
        checkpoints: How many it was asked for.
    """

    def __init__(self, lines: list[str]) -> None:
        self.checkpoints = self._owed = 0
        self._lines = iter(lines)

    def readline(self) -> str:
        """Say the next line."""
        if self._owed:
            self._owed -= 1
            return _CHECKPOINTED
        return next(self._lines, "")

    def write(self, answer: str) -> None:
        """Hear an answer."""
        if '"checkpoint"' in answer:
            self.checkpoints += 1
            self._owed += 1

    def flush(self) -> None:
        """Everything is heard at once."""


def lines_of(records: int) -> list[str]:
    """What the daemon says to deliver so many records."""
    begin = {"action": "initialize", "shardId": "shardId-1", "sequenceNumber": "TRIM_HORIZON"}
    pages = [
        {
            "action": "processRecords",
            "millisBehindLatest": 0,
            "records": [_record(number) for number in range(first, first + PAGE)],
        }
        for first in range(1, records + 1, PAGE)
    ]
    said: list[dict[str, Any]] = [{**begin, "subSequenceNumber": 0}, *pages]
    return [json.dumps(line) + "\n" for line in said]


def _record(number: int) -> dict[str, Any]:
    image = {"id": {"S": f"item-{number}"}, "amount": {"N": "12.50"}, "text": {"S": "x" * 76}}
    change = {
        "eventID": f"{number:032x}",
        "eventName": "MODIFY",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_700_000_000_000,
            "Keys": {"id": {"S": f"item-{number}"}},
            "NewImage": image,
            "OldImage": image,
            "SequenceNumber": str(number),
        },
    }
    return {
        "action": "record",
        "data": base64.b64encode(json.dumps(change).encode()).decode(),
        "partitionKey": str(number),
        "sequenceNumber": str(number),
        "subSequenceNumber": 0,
        "approximateArrivalTimestamp": 1,
    }


def publish(
    lines: list[str],
    client: Any,  # noqa: ANN401
    in_flight: int,
    pattern: str | None = None,
) -> dict[str, float]:
    """Publish all that is delivered; return the figures."""
    journal, daemon = LogJournal(_logger()), Daemon(lines)
    retries = Retries("topic", RetryPolicy(), journal)
    topic = SnsPublisher(client, TOPIC, retries, most_calls=in_flight)
    destinations = Destinations(topic, None, StopOnPoison(), journal)

    def build(shard_id: str) -> ShardProcessor:
        form = MessageForm(table="orders", shard_id=shard_id, subject=SUBJECT)
        select = Selection(read_patterns(pattern) if pattern else ()).select
        return ShardProcessor(Shard(form, decode_record, Batcher(10, 1), destinations, select))

    processor = RecordProcessor(build, journal)
    began, cpu = time.perf_counter(), time.process_time()
    converse(processor, journal, daemon, daemon)  # type: ignore[arg-type]
    return {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}


def _logger() -> Any:  # noqa: ANN401
    import logging  # noqa: PLC0415

    start_logging("json", "INFO", {"shardId": "shardId-1"}, open(os.devnull, "w"))  # noqa: PTH123, SIM115
    return logging.getLogger("consumer")


def throughput(records: int) -> Iterator[dict[str, float]]:
    """Yield the figures of each run."""
    for millis, share in ((0, 1), (20, 2), (100, 5)):
        for in_flight in (1, 2, 4, 8):
            count = max(PAGE, records // share)
            lines = lines_of(count)
            answered = AnsweredSns(millis / 1000)
            run = publish(lines, answered.client, in_flight)
            bare = publish(lines, StubSns(millis / 1000), in_flight)
            yield {
                "call ms": millis,
                "in flight": in_flight,
                "records/s": round(count / run["seconds"]),
                "calls per 1,000": round(answered.calls * 1000 / count, 1),
                "CPU": round(run["cpu"] * 1000 / count, 3),
                "CPU without boto3": round(bare["cpu"] * 1000 / count, 3),
            }


def reader() -> Mapping[int, float]:
    """MB a second of a line, by its MB."""
    return {size: round(size / _seconds_of_line(size * MEGABYTE)) for size in (1, 10, 40)}


def _seconds_of_line(size: int) -> float:
    reading, writing = os.pipe()
    text = json.dumps({"data": "x" * size}) + "\n"

    def write() -> None:
        with os.fdopen(writing, "w", encoding="utf-8") as pipe:
            pipe.write(text)

    threading.Thread(target=write, daemon=True).start()
    with os.fdopen(reading, encoding="utf-8") as pipe:
        began = time.perf_counter()
        json.loads(pipe.readline())
        return time.perf_counter() - began


@click.command()
@click.option("--records", default=20_000, show_default=True, help="Records of a run at 0 ms.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def main(records: int, *, as_json: bool) -> None:
    """Measure the record processor of one shard."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nobody"}
    with Console(stderr=True).status("Publishing"):
        measured = list(throughput(records))
        read = reader()
    if as_json:
        click.echo(json.dumps({"throughput": measured, "reader MB/s by MB of a line": read}))
        return
    table = Table(*measured[0], title="A record processor of one shard")
    for run in measured:
        table.add_row(*map(str, run.values()))
    Console().print(table, f"reader, MB/s by MB of a line: {read}")


if __name__ == "__main__":
    main()
