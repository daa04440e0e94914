"""Workers, and whoever starts them again."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from consumer.demo.daemon import Daemon
from tests.chain.processes import record_processors

# Longer than a worker's own grace, and what the giving back of leases may take beyond it.
_STOP_SECONDS = 90.0


@dataclass
class Worker:
    """A worker with a name of its own, which it keeps.

    Attributes:
        name: Its name in the lease table.
        daemon: Its present process.
        put_down: Whether its present process was told to end, or killed.
        down: Whether it is not to be started again yet.
        frozen: Whether it is stopped by a signal.
        exits: How often it ended by itself.
        past: Its earlier processes.
        log_begin: Where its present process's part of the log begins, in bytes.
    """

    name: str
    daemon: Daemon
    put_down: bool = False
    down: bool = False
    frozen: bool = False
    exits: int = 0
    past: list[Daemon] = field(default_factory=list)
    log_begin: int = 0

    @property
    def is_running(self) -> bool:
        """Whether its process is there and at work."""
        return self.daemon.process.status is None and not self.frozen and not self.put_down

    @property
    def can_be_stopped(self) -> bool:
        """Whether it runs and has come so far that SIGTERM ends it in order."""
        return self.is_running and b'"daemon_starting"' in self._log()[self.log_begin :]

    @property
    def state(self) -> str:
        """In a word."""
        if self.frozen:
            return "frozen"
        return "running" if self.is_running else "down"

    def record_processors(self) -> Sequence[psutil.Process]:
        """Its record processors."""
        try:
            return record_processors(self.daemon)
        except psutil.NoSuchProcess:
            return []

    def _log(self) -> bytes:
        return self.daemon.process.log.read_bytes()


class Fleet:
    """Some workers, each with a log that goes on over its restarts.

    Args:
        count: How many.
        environ: The environment of each, but for its name.
        folder: Where their logs go.
    """

    def __init__(self, count: int, environ: Mapping[str, str], folder: Path) -> None:
        self._environ, self._folder = environ, folder
        names = [f"worker-{number}" for number in range(1, count + 1)]
        self.workers = [Worker(name, self._start(name)) for name in names]

    def pick(self, dice: float) -> Worker | None:
        """One of those that run; None where none does."""
        running = [worker for worker in self.workers if worker.is_running]
        return running[int(dice * len(running))] if running else None

    def kill(self, worker: Worker) -> Callable[[], None]:
        """End a worker as kill -9 does; return what lets it be started again.

        Its record processors are left to notice.
        """
        return _put_down(worker, signal.SIGKILL)

    def stop(self, worker: Worker) -> Callable[[], None]:
        """End a worker as a deploy does; return what lets it be started again."""
        return _put_down(worker, signal.SIGTERM)

    def freeze(self, worker: Worker) -> Callable[[], None]:
        """Stop a worker in its tracks; return what lets it go on.

        Its record processors are not stopped.
        """
        worker.frozen = True
        worker.daemon.process.signal(signal.SIGSTOP)
        return lambda: _thaw(worker)

    def tend(self) -> None:
        """Start again whatever has ended and is not to stay down, as a service manager does."""
        for worker in self.workers:
            if worker.daemon.process.status is None or worker.down:
                continue
            worker.exits += not worker.put_down
            worker.put_down = worker.frozen = False
            worker.past.append(worker.daemon)
            worker.log_begin = worker.daemon.process.log.stat().st_size
            worker.daemon = self._start(worker.name)

    @property
    def can_be_retired(self) -> bool:
        """Whether every worker can be stopped; a restart may still be under way."""
        return all(worker.can_be_stopped for worker in self.workers)

    def retire(self) -> list[int]:
        """Stop every worker; return their exit statuses."""
        for worker in self.workers:
            worker.daemon.process.signal(signal.SIGTERM)
        return [worker.daemon.process.wait(_STOP_SECONDS) for worker in self.workers]

    def close(self) -> None:
        """End everything that any of them ever started."""
        for worker in self.workers:
            for daemon in [*worker.past, worker.daemon]:
                daemon.process.kill()

    def _start(self, name: str) -> Daemon:
        folder = self._folder / name
        folder.mkdir(exist_ok=True)
        return Daemon({**self._environ, "KCL_WORKER_ID": name}, folder)


def _put_down(worker: Worker, number: signal.Signals) -> Callable[[], None]:
    worker.put_down = worker.down = True
    worker.daemon.process.signal(number)
    return lambda: _let_up(worker)


def _let_up(worker: Worker) -> None:
    worker.down = False


def _thaw(worker: Worker) -> None:
    worker.frozen = False
    worker.daemon.process.signal(signal.SIGCONT)
