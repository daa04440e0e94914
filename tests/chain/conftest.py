"""Servers for a whole test run, worlds for a test or a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from consumer.sandbox.backends import Sandbox
from tests.chain.backfills import Backfills
from tests.chain.world import World, new_world


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """ministack and moto's server."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def world(sandbox: Sandbox, tmp_path: Path) -> Iterator[World]:
    """A table, a topic and a subscriber of the test's own."""
    with new_world(sandbox, tmp_path) as made:
        yield made


@pytest.fixture
def backfills(world: World, tmp_path: Path) -> Iterator[Backfills]:
    """None yet; what was started is ended with the test."""
    made = Backfills(world, tmp_path)
    yield made
    for process in made.processes:
        process.kill()
