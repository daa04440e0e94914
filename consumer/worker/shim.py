"""What the daemon starts for a shard where record processors are forked: it stands in for one.

It hands its standard streams to the fork server, which forks the record processor that speaks
through them, lives as long as that one, and ends with its status. To kill it is to kill both. It
costs a shard 4 MB and some milliseconds, and so imports next to nothing, `consumer` included.
"""

import os
import signal
import socket
import struct
import sys

SERVER_VARIABLE = "STREAM_PUBLISHER_FORK_SERVER"
"""Where the fork server listens: the hexadecimal digits of an abstract address."""

STREAMS = (0, 1, 2)
IGNORED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
EXIT_FAILED = 1
"""The shard can't go on here; the daemon gives up its lease and goes on with the other shards."""


def main() -> None:
    """Stand in for a record processor; become one where there is nobody to fork it."""
    # Stops are the daemon's to announce, as for a record processor.
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)
    server = connect(os.environ.get(SERVER_VARIABLE, ""))
    if server is None:
        os.execv(sys.executable, [sys.executable, "-P", "-m", "consumer.worker.record_processor"])  # noqa: S606 - no shell
    socket.send_fds(server, [b"\0"], STREAMS)
    release_streams()
    status = server.recv(1)
    # Without an answer the fork server is gone, and what it forked with it.
    sys.exit(status[0] if status else EXIT_FAILED)


def connect(address: str) -> "socket.socket | None":
    """Return a connection to the fork server; None where there is none of this user's."""
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

    An abstract address has no owner: anybody on this host can connect to it, and can take it once
    nobody has it.
    """
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", credentials)
    return bool(user == os.getuid())


def release_streams() -> None:
    """Let the record processor be the only one that holds what leads to the daemon and back."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in STREAMS:
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


if __name__ == "__main__":
    main()
