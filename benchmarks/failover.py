"""How long a deploy and a crash are felt: the longest that a change of any shard had to wait.

Three workers share six shards of a simulated stream while changes are written. First each of them
is stopped and started again, one after the other; then the leader is killed and stays away.
"""

import signal
from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.figures import at_most
from benchmarks.fleet import Fleet, new_fleet
from consumer.demo.daemon import Daemon
from consumer.sandbox.backends import Sandbox

WORKERS, SHARDS = 3, 6
ROLLING, CRASH = "rolling restart of 3 workers", "kill -9 of the leader, which stays away"
LIMITS = {ROLLING: 15, CRASH: 45}
_BALANCE_SECONDS = 60.0
_DEAD_SECONDS = 150.0


def measure(say: Callable[[str], None]) -> dict[str, Any]:
    """Return the longest waits in seconds; say from time to time what is being done."""
    with Sandbox() as sandbox, new_fleet(sandbox, SHARDS) as (fleet, _):
        say("starting")
        workers = {name: fleet.start(name) for name in _names()}
        # KCL weighs leases by what they carry: without changes it moves none.
        with fleet.watched([]):
            fleet.seconds_until(lambda: fleet.is_balanced(WORKERS), _BALANCE_SECONDS)
        say(ROLLING)
        rolling: list[float] = []
        with fleet.watched(rolling):
            _restart_all(fleet, workers)
        say(CRASH)
        crash: list[float] = []
        with fleet.watched(crash):
            _kill_leader(fleet, workers)
    return figures({ROLLING: max(rolling), CRASH: max(crash)})


def _names() -> list[str]:
    return [f"worker-{number}" for number in range(1, WORKERS + 1)]


def _restart_all(fleet: Fleet, workers: dict[str, Daemon]) -> None:
    for name, worker in workers.items():
        worker.stop()
        workers[name] = fleet.start(name)
        # As a service manager does, who sees a worker that runs, and goes on to the next.
        fleet.seconds_until(partial(_has_leases, fleet, name), _BALANCE_SECONDS)


def _has_leases(fleet: Fleet, worker: str) -> bool:
    return fleet.leases()[worker] > 0


def _kill_leader(fleet: Fleet, workers: dict[str, Daemon]) -> None:
    fleet.seconds_until(lambda: fleet.leader() in workers, _BALANCE_SECONDS)
    leader = str(fleet.leader())
    workers[leader].process.signal(signal.SIGKILL)
    workers[leader].process.kill()
    fleet.seconds_until(lambda: _is_forgotten(fleet, leader), _DEAD_SECONDS)


def _is_forgotten(fleet: Fleet, worker: str) -> bool:
    held = fleet.leases()
    return worker not in held and held.total() == fleet.shards


def figures(longest: dict[str, float]) -> dict[str, Any]:
    """Return the figures and the verdict."""
    told = {event: round(seconds, 1) for event, seconds in longest.items()}
    return {
        "unit": "the longest that a change waited, in seconds",
        "figures": told,
        "verdict": {event: at_most(told[event], limit) for event, limit in LIMITS.items()},
    }
