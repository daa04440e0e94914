"""A fork server in a process of its own, and shims that ask it as the daemon's do."""

import contextlib
import itertools
import json
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from consumer.worker import shim
from consumer.worker.forks import open_listener, variables_of
from consumer.worker.shim import SERVER_VARIABLE
from tests.places import ROOT

ANY = -1
Asked: TypeAlias = "subprocess.Popen[str]"
"""A shim."""


@dataclass
class Host:
    """A fork server, and the end of the pipe that the daemon would hold."""

    process: "subprocess.Popen[bytes]"
    variables: Mapping[str, str]
    daemon: int
    asked: list[Asked] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it listens."""
        return self.variables[SERVER_VARIABLE]

    def ask(self) -> Asked:
        """Start a shim, as the daemon does."""
        asked = subprocess.Popen(
            [sys.executable, "-IS", shim.__file__],
            env={**os.environ, **self.variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.asked.append(asked)
        return asked

    def leave(self) -> None:
        """Be gone, as a daemon that is killed."""
        os.close(self.daemon)
        self.daemon = -1

    def end(self) -> None:
        """End everything."""
        for asked in self.asked:
            asked.kill()
            asked.communicate()
        if self.daemon >= 0:
            self.leave()
        self.process.kill()
        self.process.communicate()

    def told(self) -> dict[str, str]:
        """Wait for the next line of the server's log."""
        assert self.process.stderr
        return dict(json.loads(self.process.stderr.readline()))

    def settle(self) -> None:
        """Wait until the server has done what it was asked for: it does one thing at a time."""
        with socket.socket(socket.AF_UNIX) as mute:
            mute.connect(b"\0" + bytes.fromhex(self.address))
            mute.shutdown(socket.SHUT_WR)
            assert mute.recv(1) == b""
        assert "0 of its 3 streams" in self.told()["error"]

    def allow(self, more: int) -> None:
        """Let the server open so many descriptors more than it has, or any number again."""
        used = {int(each.name) for each in Path(f"/proc/{self.process.pid}/fd").iterdir()}
        free = (number for number in itertools.count() if number not in used)
        _, most = resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE)
        limit = most if more == ANY else next(itertools.islice(free, more, None))
        resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE, (limit, most))


@contextlib.contextmanager
def new_host(*command: str, environ: Mapping[str, str] = os.environ) -> Iterator[Host]:
    """The fork server of a module with its arguments."""
    module, *arguments = command
    listener = open_listener()
    assert listener is not None
    theirs, ours = os.pipe()
    descriptors, variables = (listener.fileno(), theirs), variables_of(listener)
    process = subprocess.Popen(
        [sys.executable, "-m", module, *map(str, descriptors), *arguments],
        cwd=ROOT,
        env={**environ, **variables},
        pass_fds=descriptors,
        stderr=subprocess.PIPE,
    )
    host = Host(process, variables, ours)
    os.close(theirs)
    listener.close()
    try:
        yield host
    finally:
        host.end()


def say(asked: Asked, line: str) -> str:
    """Say a line to a record processor; return its answer."""
    assert asked.stdin
    assert asked.stdout
    asked.stdin.write(line + "\n")
    asked.stdin.flush()
    return asked.stdout.readline()
