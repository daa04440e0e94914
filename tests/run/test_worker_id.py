"""A worker's name: kept over a restart, never shared."""

import os
import uuid

import pytest

from consumer.run.worker_id import claim_worker_id


@pytest.fixture
def application() -> str:
    """An application that nobody else has."""
    return f"test-{uuid.uuid4()}"


def test_the_first_worker_is_called_like_its_host(application: str) -> None:
    """The second gets a number, and both names come again after the first has ended."""
    first, first_claim = claim_worker_id(application, "web-1")
    second, second_claim = claim_worker_id(application, "web-1")
    assert (first, second) == ("web-1", "web-1-1")

    assert first_claim is not None
    assert second_claim is not None
    os.close(first_claim)
    again, again_claim = claim_worker_id(application, "web-1")
    assert again == "web-1"
    assert again_claim is not None
    os.close(second_claim)
    os.close(again_claim)


def test_the_claim_outlives_an_exec(application: str) -> None:
    """The daemon takes our place and must keep the name."""
    _, claim = claim_worker_id(application, "web-1")

    assert claim is not None
    assert os.get_inheritable(claim)
    os.close(claim)


def test_other_applications_and_hosts_are_no_hindrance(application: str) -> None:
    """A name is unique within an application."""
    claims = [
        claim_worker_id(application, "web-1"),
        claim_worker_id(application, "web-2"),
        claim_worker_id(f"{application}-2", "web-1"),
    ]

    assert [name for name, _ in claims] == ["web-1", "web-2", "web-1"]
    for _, claim in claims:
        assert claim is not None
        os.close(claim)


@pytest.mark.parametrize("hostname", ["localhost", "localhost.localdomain"])
def test_a_name_that_every_host_has_is_refused(application: str, hostname: str) -> None:
    """Two workers of one name would take each other's leases in turn."""
    with pytest.raises(ValueError, match="KCL_WORKER_ID"):
        claim_worker_id(application, hostname)
