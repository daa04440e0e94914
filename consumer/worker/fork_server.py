"""One warmed process from which the record processors of a worker are forked.

A record processor that is started by itself costs 40 MB and a quarter of a second. Nearly all of
that is for importing boto3 and reading the models of AWS's services. Forked ones share it. A shim
asks for each by handing over its standard streams (see `shim`).
"""

import contextlib
import gc
import hmac
import logging
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from consumer.publishing.ports import Journal
from consumer.settings.processor import ProcessorSettings
from consumer.telemetry.logs import LogJournal
from consumer.worker import record_processor
from consumer.worker.forked_process import die_with, exit_status, run_to_its_end
from consumer.worker.pipe import claim_stdout
from consumer.worker.shim import SECRET_VARIABLE, STREAMS, is_ours

# A shim sends its streams as soon as it is connected.
_PATIENCE_SECONDS = 5.0
# Pause between two attempts to accept a shim while no descriptor is left for it.
_PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Forked:
    """A forked record processor.

    Attributes:
        process_id: Its process.
        descriptor: Becomes readable when it ends.
        shim: The connection to its shim.
    """

    process_id: int
    descriptor: int
    shim: socket.socket


class ForkServer:
    """Forks a record processor for each shim, and passes on statuses and kills.

    When the system lacks memory, processes or descriptors, only the shard that asks fails.

    Args:
        listener: Where shims connect.
        daemon: Becomes readable when the daemon is gone; the server then ends.
        work: What a record processor does; it ends the process with SystemExit or by returning.
        journal: Where it is noted that there is no record processor for a shard.
        secret: What a shim says first.
        fork: Forks this process, as `os.fork` does.
    """

    def __init__(  # noqa: PLR0913 - what a server is made of
        self,
        listener: socket.socket,
        daemon: int,
        work: Callable[[], None],
        journal: Journal,
        *,
        secret: str,
        fork: Callable[[], int] = os.fork,
    ) -> None:
        self._listener, self._daemon, self._work = listener, daemon, work
        self._secret = secret.encode()
        self._journal, self._fork = journal, fork
        # Of all selectors, only this one needs no descriptor of its own.
        self._ready = selectors.PollSelector()
        self._ready.register(daemon, selectors.EVENT_READ)
        self._ready.register(listener, selectors.EVENT_READ)
        self._forked: dict[int, Forked] = {}

    def serve(self) -> None:
        """Return once the daemon and every record processor are gone."""
        daemon_is_there = True
        while daemon_is_there or self._forked:
            ready = {key.fd for key, _ in self._ready.select()}
            for descriptor in ready & set(self._forked):
                self._attend(descriptor)
            if self._daemon in ready:
                daemon_is_there = False
                self._ready.unregister(self._daemon)
            # Last: a shard's old record processor is killed before it gets a new one.
            if self._listener.fileno() in ready:
                self._accept()

    def _accept(self) -> None:
        try:
            shim, _ = self._listener.accept()
        except OSError as error:
            self._tell(error)
            time.sleep(_PAUSE_SECONDS)  # the shim still waits, so the listener is ready at once
            return
        try:
            self._take(shim)
        except OSError as error:
            self._tell(error)
            shim.close()  # the shim then ends, and the daemon starts another one later

    def _tell(self, error: OSError) -> None:
        self._journal.note("processor_failed", error=f"it can't be forked: {error}")

    def _take(self, shim: socket.socket) -> None:
        """Fork a record processor for a shim; refuse who is none of this very daemon's."""
        shim.settimeout(_PATIENCE_SECONDS)
        if not is_ours(shim):
            shim.close()
            return
        said, streams, _, _ = socket.recv_fds(shim, len(self._secret), len(STREAMS))
        try:
            # There are fewer if the shim is killed by now, or no descriptor is left for them.
            if len(streams) < len(STREAMS):
                raise OSError(f"{len(streams)} of its {len(STREAMS)} streams have come")
            if not hmac.compare_digest(said, self._secret):
                raise PermissionError("who asks for it doesn't know the secret")
            self._watch(self._begin(streams), shim)
        finally:
            for descriptor in streams:
                os.close(descriptor)

    def _begin(self, streams: list[int]) -> int:
        """Return a record processor's process id."""
        parent, process_id = os.getpid(), self._fork()
        if process_id == 0:
            os._exit(run_to_its_end(lambda: self._become(parent, streams)))
        return process_id

    def _become(self, parent: int, streams: list[int]) -> None:
        """Become a record processor; keep nothing of the server."""
        die_with(parent)
        for descriptor, target in zip(streams, STREAMS, strict=True):
            os.dup2(descriptor, target)
        os.closerange(max(STREAMS) + 1, os.sysconf("SC_OPEN_MAX"))
        self._work()

    def _watch(self, process_id: int, shim: socket.socket) -> None:
        try:
            forked = Forked(process_id, os.pidfd_open(process_id), shim)
        except OSError:
            # Nobody would learn of its end, and nobody could end it.
            os.kill(process_id, signal.SIGKILL)
            os.waitpid(process_id, 0)
            raise
        for descriptor in (forked.descriptor, shim.fileno()):
            self._forked[descriptor] = forked
            self._ready.register(descriptor, selectors.EVENT_READ)

    def _attend(self, descriptor: int) -> None:
        forked = self._forked.get(descriptor)
        if forked is None:
            return  # its other descriptor was ready, too, and was handled first
        if descriptor != forked.descriptor:
            os.kill(forked.process_id, signal.SIGKILL)  # its shim is killed
        _, status = os.waitpid(forked.process_id, 0)
        with contextlib.suppress(OSError):
            forked.shim.send(bytes([exit_status(status)]))
        self._forget(forked)

    def _forget(self, forked: Forked) -> None:
        for descriptor in (forked.descriptor, forked.shim.fileno()):
            self._ready.unregister(descriptor)
            del self._forked[descriptor]
        os.close(forked.descriptor)
        forked.shim.close()


def main() -> None:
    """Prepare a record processor, then fork it for each shard until the daemon is gone."""
    record_processor.ignore_stops()
    listener, daemon = (int(argument) for argument in sys.argv[1:])
    prepared = record_processor.prepare(ProcessorSettings.from_environment(os.environ))
    # Everything loaded until now stays, and forked processes share it while nobody writes to it.
    gc.collect()
    gc.freeze()
    server = ForkServer(
        socket.socket(fileno=listener),
        daemon,
        lambda: record_processor.process(prepared, claim_stdout()),
        # Without metrics: each forked record processor would write them again.
        LogJournal(logging.getLogger("consumer")),
        secret=os.environ.pop(SECRET_VARIABLE),
    )
    server.serve()
    # Skip what a record processor does last, such as writing its metrics.
    os._exit(0)


if __name__ == "__main__":
    main()
