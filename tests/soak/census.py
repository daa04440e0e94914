"""What a fleet takes of its machine and of the lease table, and whether that grows."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import psutil

from tests.chaos.fleet import Fleet, Worker

_MAY_GROW = 1.15
"""A median of a busy machine differs by so much anyway."""

_MAY_GROW_BY: Mapping[str, float] = {
    "memory_mib": 60.0,  # the heap of Java grows until it is worth collecting
    "threads": 10.0,
    "open_files": 20.0,
    "processes": 2.0,
    "lease_rows": 3.0,
}
"""So little is no growth, whatever its share."""


@dataclass(frozen=True, slots=True)
class Census:
    """Counts of one moment, over all workers.

    Attributes:
        memory_mib: Memory that no other process shares, in MiB.
        threads: Threads.
        open_files: Open file descriptors.
        processes: Processes.
        lease_rows: Rows of the lease table.
    """

    memory_mib: float
    threads: float
    open_files: float
    processes: float
    lease_rows: float


@dataclass(frozen=True, slots=True)
class Growth:
    """A count at the beginning and at the end of a run, as medians.

    Attributes:
        name: What is counted.
        first: The median of the first third.
        last: The median of the last third.
    """

    name: str
    first: float
    last: float

    @property
    def is_growth(self) -> bool:
        """Whether the difference is more than chance."""
        return self.last > max(self.first * _MAY_GROW, self.first + _MAY_GROW_BY[self.name])

    def to_json(self) -> Mapping[str, object]:
        """The figures."""
        return {
            "first": round(self.first, 1),
            "last": round(self.last, 1),
            "grows": self.is_growth,
        }


def growths(censuses: Sequence[Census]) -> list[Growth]:
    """Return each count at the beginning and at the end of a run.

    Args:
        censuses: In the order of time; three at least.
    """
    third = len(censuses) // 3
    first, last = _medians(censuses[:third]), _medians(censuses[-third:])
    return [Growth(name, first[name], last[name]) for name in first]


def take_census(fleet: Fleet, dynamodb: Any, lease_table: str) -> Census | None:  # noqa: ANN401
    """Count now; None where a worker is just being replaced.

    Args:
        fleet: The workers.
        dynamodb: A boto3 client.
        lease_table: The name of the lease table.
    """
    if not all(worker.can_be_stopped for worker in fleet.workers):
        return None
    try:
        processes = [each for worker in fleet.workers for each in _family(worker)]
        return Census(
            memory_mib=sum(each.memory_full_info().uss for each in processes) / 2**20,
            threads=sum(each.num_threads() for each in processes),
            open_files=sum(each.num_fds() for each in processes),
            processes=len(processes),
            lease_rows=_rows(dynamodb, lease_table),
        )
    except psutil.NoSuchProcess:
        return None  # a record processor has ended meanwhile


def _family(worker: Worker) -> list[psutil.Process]:
    process = psutil.Process(worker.daemon.process.pid)
    return [process, *process.children(recursive=True)]


def _rows(dynamodb: Any, table: str) -> int:  # noqa: ANN401 - boto3's client
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, Select="COUNT")
    return sum(page["Count"] for page in pages)


def _medians(censuses: Sequence[Census]) -> dict[str, float]:
    counts = [asdict(census) for census in censuses]
    return {name: median(each[name] for each in counts) for name in counts[0]}
