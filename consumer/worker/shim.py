"""The shim: what the daemon starts for a shard whose record processor is forked.

It hands its standard streams to the fork server, which forks a record processor that uses them. It
lives as long as the record processor and ends with its status. Whoever kills the shim kills both.
It costs a shard 4 MB and some milliseconds, since it imports next to nothing, not even `consumer`.
"""

import os
import signal
import socket
import struct
import sys

SERVER_VARIABLE = "STREAM_PUBLISHER_FORK_SERVER"
"""Where the fork server listens: an abstract address, in hexadecimal digits."""
SECRET_VARIABLE = "STREAM_PUBLISHER_FORK_SECRET"  # noqa: S105 - its name
"""What the fork server believes a shim by. It stands in the environment of the daemon's processes,
which only their user can read, and nowhere else."""

STREAMS = (0, 1, 2)
IGNORED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
EXIT_FAILED = 1
"""The shard can't go on here; the daemon gives up its lease and goes on with the other shards."""


def main() -> None:
    """Get a record processor forked, and wait for it; become one where nobody can fork it."""
    # The daemon announces stops, as to a record processor.
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)
    server = connect(os.environ.get(SERVER_VARIABLE, ""))
    if server is None:
        os.execv(sys.executable, [sys.executable, "-P", "-m", "consumer.worker.record_processor"])  # noqa: S606 - no shell
    socket.send_fds(server, [os.environ[SECRET_VARIABLE].encode()], STREAMS)
    release_streams()
    status = server.recv(1)
    # Without a status the fork server is gone, and its record processors with it.
    sys.exit(status[0] if status else EXIT_FAILED)


def connect(address: str) -> "socket.socket | None":
    """Return a connection to this user's fork server; None where there is none."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        server.connect(b"\0" + bytes.fromhex(address))
        if is_ours(server):
            return server
    except OSError:
        pass  # nobody listens there
    server.close()
    return None


def is_ours(peer: socket.socket) -> bool:
    """Tell whether a process of this very user is at the other end.

    An abstract address has no owner: anybody on this host can connect to it, and anybody can take
    it once it is free.
    """
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", credentials)
    return bool(user == os.getuid())


def release_streams() -> None:
    """Leave the pipes to and from the daemon to the record processor alone."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in STREAMS:
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


if __name__ == "__main__":
    main()
