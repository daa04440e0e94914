"""A worker's name in the lease table: the same after a restart, never that of another worker.

A restarted worker that keeps its name takes its own leases back at once, where another one waits
until they expire. Two workers of one name would take each other's leases in turn.
"""

import errno
import hashlib
import itertools
import socket
import sys

_MOST_WORKERS = 1000


def claim_worker_id(application: str, hostname: str | None = None) -> tuple[str, int | None]:
    """Return a name that no other running worker of this application on this host has.

    The first worker gets the host's name, a second one beside it `name-1`, and so on. The claim is
    a socket in the kernel's abstract name space: no file is left behind, it needs no writable
    folder, and it ends with the process, however that ends. Containers that share the host's name
    share its network too, and so see each other's claims. Where there is no such name space, as on
    macOS, the first name is returned.

    Returns:
        The name, and the descriptor that holds the claim and must be kept open (None without one).

    Raises:
        ValueError: The host's name can't tell it from other hosts.
    """
    name = hostname or socket.gethostname()
    if name.split(".")[0] in {"localhost", ""}:
        raise ValueError(
            f"this host is called {name!r}, as others are; set workerId (KCL_WORKER_ID)"
        )
    if not sys.platform.startswith("linux"):
        return name, None
    for slot in itertools.islice(itertools.count(), _MOST_WORKERS):
        candidate = f"{name}-{slot}" if slot else name
        claim = _claim(f"stream-publisher/{application}/{candidate}")
        if claim is not None:
            return candidate, claim
    raise ValueError(f"{_MOST_WORKERS} workers run on this host already")


def _claim(address: str) -> int | None:
    """Return the descriptor of a socket with this abstract address, None when it is taken."""
    holder = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        # An address has room for 107 bytes, and names may be longer.
        holder.bind(b"\0" + hashlib.sha256(address.encode()).digest())
    except OSError as error:
        holder.close()
        if error.errno != errno.EADDRINUSE:
            raise
        return None
    holder.set_inheritable(True)  # the claim must outlive the exec of the daemon
    return holder.detach()
