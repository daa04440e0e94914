"""`replay` of a shard and its two children, asked and unasked, and with mistakes."""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto import mock_aws

from tests.replay.still_fleet import Clock, Family, StillFleet
from tests.streams.endpoint import StreamsEndpoint
from tests.streams.stream import SimulatedStream
from tests.transcripts.transcript import Command, Stage, Transcript

_REGION = "eu-west-1"


@contextmanager
def _stage() -> Iterator[Stage]:
    clock, called = Clock(), "stream-publisher replay"
    stream = SimulatedStream("orders", 1, now=clock)
    with mock_aws(), StreamsEndpoint(stream) as endpoint:
        fleet = StillFleet(boto3.client("dynamodb", region_name=_REGION), stream, endpoint, clock)
        Family(fleet)
        yield Stage(
            {"AWS_REGION": _REGION, "TZ": "UTC", **fleet.settings()},
            [
                Command(f"{called} --from '15min ago' --dry-run"),
                Command(f"{called} --from '15min ago'", typed="n\n"),
                Command(f"{called} --from '0h15m ago' --yes"),
                Command(f"{called} --history"),
                Command(f"{called} --from '1s ago' --dry-run"),
                Command(f"{called} --from yesterday"),
                Command(f"{called} --from 2026-11-23T02:00"),
                Command(f"{called} --from '3 days ago'"),
                Command(called),
            ],
        )


REPLAY = Transcript(
    "replay",
    "A shard was split in two, and everything is published.",
    _stage,
    [
        (r"shardId-\d{20}-[0-9a-f]{8}", "shardId-00000001769859000000-5f2c1a7b"),
        (r"│ …[0-9a-f]{8} ", "│ …5f2c1a7b "),
        (r"\b3\d{20}\b", "300000000000000001300"),
        (r"test-[0-9a-f]{8}", "orders-publisher"),
    ],
)
