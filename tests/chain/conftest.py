"""Servers for a whole test run, worlds for a test or a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from consumer.sandbox.backends import Sandbox
from tests.chain.backfills import Backfills
from tests.chain.shards import ShardedWorld, new_sharded_world
from tests.chain.world import World, new_world
from tests.streams.clock import Clock


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """Tables and topics, ended with the run."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def world(sandbox: Sandbox, tmp_path: Path) -> Iterator[World]:
    """A table, a topic and a subscriber of the test's own."""
    with new_world(sandbox, tmp_path) as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    """The stream's time: now, unless a module says otherwise."""
    return Clock()


@pytest.fixture
def sharded(
    sandbox: Sandbox, tmp_path: Path, clock: Clock, request: pytest.FixtureRequest
) -> Iterator[ShardedWorld]:
    """A stream of four shards, or as many as the test says."""
    with new_sharded_world(sandbox, tmp_path, getattr(request, "param", 4), clock) as made:
        yield made


@pytest.fixture
def backfills(world: World, tmp_path: Path) -> Iterator[Backfills]:
    """None yet; what was started is ended with the test."""
    made = Backfills(world, tmp_path)
    yield made
    for process in made.processes:
        process.kill()
