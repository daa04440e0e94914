"""The runbook's commands for discarded batches, run as they stand."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from consumer.demo.table import TABLE
from consumer.sandbox.backends import REGION
from tests.chain.world import World
from tests.places import ROOT

pytestmark = [
    pytest.mark.server,
    pytest.mark.skipif(not shutil.which("jq"), reason="jq is not installed"),
]
# Version 1 of the program asks SQS at AWS whatever the environment says.
SQS_HERE = """aws() {
    if [ "$1" = sqs ]; then set -- "$@" --endpoint-url "$AWS_ENDPOINT_URL_SQS"; fi
    command aws "$@"
}
"""
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()


def commands() -> str:
    """The block of the entry."""
    section = RUNBOOK.split("## Discarded batches\n")[1]
    (block,) = re.findall(r"((?:^    .*\n)+)", section, re.MULTILINE)
    return dedent(block)


def discarded(streams: Any, stream: str) -> dict[str, Any]:  # noqa: ANN401 - boto3's client
    """What Lambda tells of a batch: its second record, and the one after it."""
    description = streams.describe_stream(StreamArn=stream)["StreamDescription"]
    shard = description["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(
        StreamArn=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator)["Records"]
    return {
        "shardId": shard,
        "startSequenceNumber": records[1]["dynamodb"]["SequenceNumber"],
        "endSequenceNumber": records[2]["dynamodb"]["SequenceNumber"],
        "batchSize": 2,
        "streamArn": stream,
    }


def test_discarded_changes_are_published_by_hand(world: World, tmp_path: Path) -> None:
    """Those that the message names, no more and no less."""
    world.write(4)
    queues = world.sandbox.client("sqs")
    queue = queues.create_queue(QueueName="discarded")["QueueUrl"]
    table = world.sandbox.client("dynamodb").describe_table(TableName=TABLE)["Table"]
    told = discarded(world.sandbox.client("dynamodbstreams"), table["LatestStreamArn"])
    queues.send_message(QueueUrl=queue, MessageBody=json.dumps({"DDBStreamBatchInfo": told}))
    programs = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    more = {"PATH": programs, "AWS_DEFAULT_REGION": REGION, "DISCARDED_QUEUE_URL": queue}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", SQS_HERE + commands()],
        cwd=tmp_path,
        env=world.environment() | more,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr

    event = json.loads((tmp_path / "event.json").read_text())
    numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
    world.receive()

    assert numbers == [told["startSequenceNumber"], told["endSequenceNumber"]]
    assert world.tally.comparison().lost == 2
