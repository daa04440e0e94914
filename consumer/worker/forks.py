"""The fork server beside a daemon: it forks record processors instead of starting them."""

import os
import secrets
import socket
import subprocess
import sys
from dataclasses import replace

from consumer.settings.kcl import OWN_PROCESSOR
from consumer.worker import shim
from consumer.worker.launch import Launch

_WAITING = 128


def with_fork_server(launch: Launch) -> Launch:
    """Start a fork server for the daemon that this process becomes; return a launch that uses it.

    The launch stays as it is if its record processor is another program, or if the system can't
    have such a server. The daemon then starts each record processor by itself.
    """
    # -I and -S: a shim needs only the standard library, and every shard pays for what it imports.
    # The daemon splits commands at spaces.
    command = f"{sys.executable} -IS {shim.__file__}"
    listener = open_listener()
    is_ours = launch.properties["executableName"] == OWN_PROCESSOR
    if listener is None or not is_ours or command.count(" ") > 2:  # noqa: PLR2004 - as above
        return launch
    ready = replace(
        launch,
        properties={**launch.properties, "executableName": command},
        environ={**launch.environ, **variables_of(listener)},
    )
    _start(listener, ready)
    return ready


def _start(listener: socket.socket, launch: Launch) -> None:
    theirs, ours = os.pipe()
    # The daemon inherits it without knowing, and the kernel closes it when the daemon ends.
    os.set_inheritable(ours, True)  # noqa: FBT003 - as the library has it
    descriptors = (listener.fileno(), theirs)
    subprocess.Popen(
        # -P: import nothing from the working directory.
        [sys.executable, "-P", "-m", "consumer.worker.fork_server", *map(str, descriptors)],
        env=launch.environ,
        pass_fds=descriptors,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
    )
    os.close(theirs)


def open_listener() -> socket.socket | None:
    """Return a socket with an address that the kernel chooses; None where the system has none.

    The address is no file: nothing is left behind, and no writable folder is needed.
    """
    if not sys.platform.startswith("linux") or not _has_pidfd():
        return None
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind("")
    listener.listen(_WAITING)
    return listener


def variables_of(listener: socket.socket) -> dict[str, str]:
    """Return the variables of fork server and shims: the address, and a secret of this start."""
    return {
        shim.SERVER_VARIABLE: address_of(listener),
        shim.SECRET_VARIABLE: secrets.token_hex(),
    }


def address_of(listener: socket.socket) -> str:
    """Return the address as shims take it."""
    name: bytes = listener.getsockname()
    return name[1:].hex()


def _has_pidfd() -> bool:
    """Whether processes have descriptors to wait for, as on Linux since 5.3."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True
