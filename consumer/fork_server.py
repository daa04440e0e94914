"""One warmed process from which the record processors of a worker are forked.

A record processor of its own costs 40 MB and a quarter of a second, nearly all of it for importing
boto3 and reading what AWS's services look like. Forked, it shares that with the others. A stand-in
asks for each by handing over its standard streams (see `stand_in`).
"""

import contextlib
import ctypes
import gc
import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from consumer import child
from consumer.adapters.pipe import claim_stdout
from consumer.settings.child import ChildSettings
from consumer.stand_in import EXIT_FAILED, STREAMS, is_ours

_SIGNALLED = 128
_PARENT_DEATH_SIGNAL = 1  # prctl's PR_SET_PDEATHSIG
# A stand-in speaks as soon as it is connected.
_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Forked:
    """A record processor.

    Attributes:
        process_id: Its process.
        descriptor: Becomes readable when it ends.
        stand_in: The connection of the process that stands in for it.
    """

    process_id: int
    descriptor: int
    stand_in: socket.socket


class ForkServer:
    """Forks a record processor for each stand-in, and passes statuses and kills on.

    Args:
        listener: Where stand-ins connect.
        daemon: Becomes readable when the daemon is gone, and this server with it.
        work: What a record processor does; it ends the process with SystemExit or by returning.
    """

    def __init__(self, listener: socket.socket, daemon: int, work: Callable[[], None]) -> None:
        self._listener, self._daemon, self._work = listener, daemon, work
        self._ready = selectors.DefaultSelector()
        self._ready.register(daemon, selectors.EVENT_READ)
        self._ready.register(listener, selectors.EVENT_READ)
        self._forked: dict[int, Forked] = {}

    def serve(self) -> None:
        """Return when the daemon is gone, and every record processor with it."""
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
        stand_in, _ = self._listener.accept()
        stand_in.settimeout(_PATIENCE_SECONDS)
        streams = self._streams_from(stand_in)
        if len(streams) == len(STREAMS):
            self._fork(stand_in, streams)
        else:
            stand_in.close()
        for descriptor in streams:
            os.close(descriptor)

    @staticmethod
    def _streams_from(stand_in: socket.socket) -> list[int]:
        """Return what it hands over: nothing where it is killed by now, or nobody's stand-in."""
        if not is_ours(stand_in):
            return []
        try:
            return socket.recv_fds(stand_in, 1, len(STREAMS))[1]
        except OSError:
            return []

    def _fork(self, stand_in: socket.socket, streams: list[int]) -> None:
        parent, process_id = os.getpid(), os.fork()
        if process_id == 0:
            self._become(parent, streams)
        forked = Forked(process_id, os.pidfd_open(process_id), stand_in)
        for descriptor in (forked.descriptor, stand_in.fileno()):
            self._forked[descriptor] = forked
            self._ready.register(descriptor, selectors.EVENT_READ)

    def _become(self, parent: int, streams: list[int]) -> NoReturn:
        """Be a record processor, and nothing of the server that it was forked from."""
        die_with(parent)
        for descriptor, target in zip(streams, STREAMS, strict=True):
            os.dup2(descriptor, target)
        os.closerange(max(STREAMS) + 1, os.sysconf("SC_OPEN_MAX"))
        os._exit(run_to_its_end(self._work))

    def _attend(self, descriptor: int) -> None:
        forked = self._forked.get(descriptor)
        if forked is None:
            return  # both of its descriptors were ready
        if descriptor != forked.descriptor:
            os.kill(forked.process_id, signal.SIGKILL)  # its stand-in is killed
        _, status = os.waitpid(forked.process_id, 0)
        with contextlib.suppress(OSError):
            forked.stand_in.send(bytes([exit_status(status)]))
        self._forget(forked)

    def _forget(self, forked: Forked) -> None:
        for descriptor in (forked.descriptor, forked.stand_in.fileno()):
            self._ready.unregister(descriptor)
            del self._forked[descriptor]
        os.close(forked.descriptor)
        forked.stand_in.close()


def die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent ends.

    Should the fork server be killed, a stand-in ends too, and the daemon gives its shard to another
    record processor: the one that it stood for must not go on publishing beside that.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(EXIT_FAILED)


def run_to_its_end(work: Callable[[], None]) -> int:
    """Do the work; return the status with which the process would end if it were Python's main."""
    try:
        work()
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter does with what nobody has caught
        sys.excepthook(*sys.exc_info())
        return EXIT_FAILED
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    return 0


def exit_status(waited: int) -> int:
    """Return the status as a shell tells it: 128 and the signal's number where there was one."""
    status = os.waitstatus_to_exitcode(waited)
    return status if status >= 0 else _SIGNALLED - status


def main() -> None:
    """Prepare a record processor, then fork it for each shard until the daemon is gone."""
    child.ignore_stops()
    listener, daemon = (int(argument) for argument in sys.argv[1:])
    prepared = child.prepare(ChildSettings.from_environment(os.environ))
    # What is here now is here to stay, and is shared as long as nobody writes to it.
    gc.collect()
    gc.freeze()
    server = ForkServer(
        socket.socket(fileno=listener), daemon, lambda: child.process(prepared, claim_stdout())
    )
    server.serve()
    # What a record processor does last, such as telling its metrics, is not for its server to do.
    os._exit(0)


if __name__ == "__main__":
    main()
