"""Rows of the lease table, as KCL 3.1.3 wrote them, and what they tell."""

from collections.abc import Callable
from typing import Any

import pytest

from consumer.fleet.leadership import Leadership, read_leadership
from consumer.fleet.leases import Lease, awaited_parents, not_renewed, read_lease
from consumer.fleet.worker_reports import WorkerReport, read_report

CHILD: dict[str, Any] = {
    "leaseKey": {"S": "shardId-00000001795603761371-12531105"},
    "leaseOwner": {"S": "w1"},
    "leaseCounter": {"N": "6"},
    "checkpoint": {"S": "300000000000000006200"},
    "checkpointSubSequenceNumber": {"N": "0"},
    "ownerSwitchesSinceCheckpoint": {"N": "2"},
    "parentShardId": {"SS": ["shardId-00000001795603744696-1252cfe2"]},
    "startingHashKey": {"S": "0"},
    "endingHashKey": {"S": "1"},
    "throughputKBps": {"N": "0.16805"},
}
LOCK = {
    "key": {"S": "Leader"},
    "ownerName": {"S": "w1"},
    "recordVersionNumber": {"S": "5e4d6611-0cc8-4871-8a29-30d1d8731d01"},
    "leaseDuration": {"S": "20000"},
}
MIGRATION = {"key": {"S": "Migration3.0"}, "cv": {"S": "CLIENT_VERSION_3X"}}


def test_a_row_is_read() -> None:
    """What nobody asks for, such as hashes, is left."""
    assert read_lease(CHILD) == Lease(
        shard_id="shardId-00000001795603761371-12531105",
        owner="w1",
        checkpoint="300000000000000006200",
        counter=6,
        parents=("shardId-00000001795603744696-1252cfe2",),
        switches=2,
    )


def test_a_row_that_nobody_has_read_yet() -> None:
    """No owner, and a word for a checkpoint."""
    lease = read_lease({"leaseKey": {"S": "shardId-1"}, "checkpoint": {"S": "TRIM_HORIZON"}})

    assert lease == Lease("shardId-1", None, "TRIM_HORIZON")
    assert lease.holder is None
    assert not lease.has_ended


def test_a_lease_that_is_handed_over_is_still_held_by_its_checkpoints_owner() -> None:
    """The owner is the next one, who waits."""
    lease = read_lease(CHILD | {"checkpointOwner": {"S": "w2"}, "pendingCheckpoint": {"S": "7"}})

    assert (lease.owner, lease.holder, lease.pending_checkpoint) == ("w1", "w2", "7")
    assert read_lease(CHILD).holder == "w1"


def test_an_ended_lease_names_its_children() -> None:
    """In a fixed order."""
    lease = read_lease(
        CHILD | {"checkpoint": {"S": "SHARD_END"}, "childShardIds": {"SS": ["b", "a"]}}
    )

    assert lease.has_ended
    assert lease.children == ("a", "b")


@pytest.mark.parametrize(
    ("read", "item"),
    [
        (read_lease, {"id": {"S": "a customer"}}),
        (read_lease, CHILD | {"leaseCounter": {"S": "six"}}),
        (read_report, {"wid": {"S": "w1"}}),
        (lambda item: read_leadership([item]), LOCK | {"leaseDuration": {"S": "long"}}),
    ],
)
def test_a_row_of_something_else_is_refused(
    read: Callable[[Any], object], item: dict[str, Any]
) -> None:
    """A table of that name may be anybody's."""
    with pytest.raises(ValueError, match=r"^holds a ((row|leader's lock) that is)") as refused:
        read(item)

    values = [text for value in item.values() for text in value.values()]
    assert not any(str(value) in str(refused.value) for value in values if len(str(value)) > 2)


def test_a_workers_report_is_read() -> None:
    """Its load isn't asked for."""
    report = read_report({"wid": {"S": "w1"}, "lut": {"N": "1795603777"}, "opr": {"M": {}}})

    assert report == WorkerReport("w1", 1_795_603_777)


def test_the_leader_is_found_among_the_coordinators_rows() -> None:
    """There may be none."""
    version = "5e4d6611-0cc8-4871-8a29-30d1d8731d01"

    assert read_leadership([MIGRATION, LOCK]) == Leadership("w1", version, 20_000)
    assert read_leadership([MIGRATION]) is None


def test_a_shard_waits_for_parents_that_are_not_read_to_their_ends() -> None:
    """A parent that has no lease any more holds nobody up."""
    child = Lease("c", None, "TRIM_HORIZON", parents=("gone", "open", "over"))
    leases = [child, Lease("open", "w1", "5"), Lease("over", "w1", "SHARD_END")]

    assert awaited_parents(child, leases) == ("open",)
    assert awaited_parents(leases[1], leases) == ()


def test_a_counter_that_stands_still_is_a_lease_that_nobody_renews() -> None:
    """An ended shard's need not be, and of a new one there is only one look."""
    earlier = [Lease(name, "w1", "5", counter=1) for name in ("kept", "left")]
    ended = Lease("over", "w1", "SHARD_END", counter=1)
    kept, left = Lease("kept", "w1", "5", counter=2), Lease("left", "w1", "6", counter=1)
    later = [kept, left, ended, Lease("new", None, "TRIM_HORIZON")]

    assert not_renewed([*earlier, ended], later) == (left,)
