"""A start where the lease tables are somebody else's to create."""

import json
from collections.abc import Iterator

import pytest

from consumer.sandbox.proxy import Proxy
from consumer.sandbox.waits import PATIENCE_SECONDS
from tests.chain.world import World
from tests.deploy.lease_tables import template_tables
from tests.streams.permissions import Permissions

pytestmark = pytest.mark.server


@pytest.fixture
def permissions() -> Permissions:
    """The worker's own policy, without that of a first start."""
    permissions = Permissions()
    permissions.deny("CreateTable", "UpdateTable")
    return permissions


@pytest.fixture
def tables_url(world: World, permissions: Permissions) -> Iterator[str]:
    """DynamoDB, as the role may use it."""
    with Proxy(world.sandbox.tables.url, instead=permissions) as tables:
        yield tables.url


def test_a_worker_works_on_the_templates_tables_without_the_right_to_create_them(
    world: World, permissions: Permissions, tables_url: str
) -> None:
    """Neither the program nor KCL tries to create anything."""
    for request in template_tables(world.application):
        world.sandbox.client("dynamodb").create_table(**request)
    world.write(1)
    world.start_daemon({"AWS_ENDPOINT_URL_DYNAMODB": tables_url})
    world.receive_everything()

    assert permissions.refused.total() == 0


def test_a_first_start_without_the_right_names_each_table(world: World, tables_url: str) -> None:
    """In a line for each, with status 2, before Java starts."""
    daemon = world.start_daemon({"AWS_ENDPOINT_URL_DYNAMODB": tables_url})
    status = daemon.process.wait(PATIENCE_SECONDS)
    lines = [json.loads(line) for line in daemon.process.log.read_text().splitlines()]

    names = (f"{world.application}{end}" for end in ("", "-WorkerMetricStats", "-CoordinatorState"))
    assert status == 2
    assert [line["message"].partition("; ")[0] for line in lines] == [
        f"table '{name}': doesn't exist, and this role lacks dynamodb:CreateTable" for name in names
    ]
