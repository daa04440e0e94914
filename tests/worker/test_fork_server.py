"""Record processors are forked, speak through their shim's streams, and end as it ends."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import psutil
import pytest

from consumer.sandbox.waits import wait_for
from consumer.worker import shim
from consumer.worker.forks import address_of, open_listener, variables_of
from consumer.worker.shim import SERVER_VARIABLE, is_ours
from tests.places import ROOT
from tests.worker.fork_host import ANY, Asked, Host, new_host, say

PATIENCE = 60.0
NOBODY = 65534
SERVER = "tests.worker.fork_server"


@pytest.fixture
def host() -> Iterator[Host]:
    """A fork server of the test's own."""
    with new_host(SERVER, "0") as made:
        yield made


def forked(asked: Asked) -> psutil.Process:
    """The record processor behind a stand-in."""
    return psutil.Process(int(say(asked, "who").split()[0]))


def test_a_record_processor_is_forked_and_speaks_through_its_stand_ins_streams(host: Host) -> None:
    """It is a child of the server, and no other than the one that was asked for."""
    first, second = host.ask(), host.ask()

    assert forked(first).ppid() == host.process.pid
    assert forked(first) != forked(second)
    assert say(second, "hello").endswith(" hello\n")


@pytest.mark.parametrize("status", [0, 1, 3])
def test_a_stand_in_ends_with_the_status_of_its_record_processor(host: Host, status: int) -> None:
    """The daemon tells a shard's failure from a worker's by it."""
    asked = host.ask()
    say(asked, "hello")

    asked.communicate(f"end {status}\n", PATIENCE)
    assert asked.returncode == status


def test_the_end_of_the_daemons_words_ends_a_record_processor(host: Host) -> None:
    """No stand-in holds what leads to it, or to the daemon."""
    asked = host.ask()

    asked.communicate("hello\n", PATIENCE)
    assert asked.returncode == 0


def test_what_a_record_processor_does_not_catch_ends_it_with_a_trace(host: Host) -> None:
    """As if it had been started alone."""
    asked = host.ask()

    _, trace = asked.communicate("raise ouch\n", PATIENCE)
    assert asked.returncode == 1
    assert "ValueError: ouch" in trace


def test_a_record_processor_that_is_killed_is_told_by_its_signal(host: Host) -> None:
    """As a shell tells it."""
    asked = host.ask()
    forked(asked).kill()

    assert asked.wait(PATIENCE) == 128 + signal.SIGKILL


def test_who_kills_the_stand_in_kills_the_record_processor(host: Host) -> None:
    """The daemon does so when it hangs, and a stopped one can't end by itself."""
    asked = host.ask()
    processor = forked(asked)
    processor.suspend()
    asked.kill()

    wait_for(lambda: not processor.is_running(), seconds=PATIENCE)


def test_a_stop_of_the_whole_group_ends_none_of_them(host: Host) -> None:
    """Stops are the daemon's to announce."""
    asked = host.ask()
    processor = forked(asked)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asked.send_signal(number)

    assert forked(asked) == processor


def test_no_record_processor_outlives_a_fork_server_that_is_killed(host: Host) -> None:
    """Its shard goes to another one, and two must not publish side by side."""
    asked = host.ask()
    processor = forked(asked)
    host.process.kill()

    assert asked.wait(PATIENCE) == shim.EXIT_FAILED
    wait_for(lambda: not processor.is_running(), seconds=PATIENCE)


def test_the_fork_server_ends_with_the_daemon_and_after_its_record_processors(host: Host) -> None:
    """One that publishes at that moment may end what it does."""
    asked = host.ask()
    say(asked, "hello")
    host.leave()
    assert say(asked, "still there").endswith(" still there\n")

    asked.communicate("end 0\n", PATIENCE)
    assert host.process.wait(PATIENCE) == 0


def test_a_stand_in_that_says_nothing_holds_nobody_up_for_good(host: Host) -> None:
    """One that is killed after it has connected, for example."""
    with socket.socket(socket.AF_UNIX) as mute:
        mute.connect(b"\0" + bytes.fromhex(host.address))
    asked = host.ask()

    assert say(asked, "hello").endswith(" hello\n")


def test_a_fork_that_fails_costs_its_own_shard_and_no_other() -> None:
    """The system may be short of processes or of memory: the daemon takes the shard again."""
    with new_host(SERVER, "1") as host:
        refused = host.ask()

        assert refused.wait(PATIENCE) == shim.EXIT_FAILED
        assert host.told()["event"] == "processor_failed"
        assert say(host.ask(), "hello").endswith(" hello\n")


@pytest.mark.parametrize("more", [1, 3, 4])
def test_a_want_of_descriptors_costs_one_shard_and_no_other(host: Host, more: int) -> None:
    """There are none for the streams, for the last of them, or to learn of the process's end."""
    healthy = host.ask()
    processor = forked(healthy)
    host.settle()
    host.allow(more)
    refused = host.ask()

    assert refused.wait(PATIENCE) == shim.EXIT_FAILED
    assert "it can't be forked" in host.told()["error"]
    assert psutil.Process(host.process.pid).children() == [processor]
    assert forked(healthy) == processor
    host.allow(ANY)
    assert say(host.ask(), "hello").endswith(" hello\n")


def test_who_can_not_be_connected_waits_until_there_is_room(host: Host) -> None:
    """Nothing is lost by it, and others go on meanwhile."""
    healthy = host.ask()
    processor = forked(healthy)
    host.settle()
    host.allow(0)
    waiting = host.ask()

    assert "Too many open files" in host.told()["error"]
    assert forked(healthy) == processor
    host.allow(ANY)
    assert say(waiting, "hello").endswith(" hello\n")


@pytest.mark.parametrize("said", [b"\0", b"0" * 64])
def test_who_does_not_know_the_secret_gets_no_record_processor(host: Host, said: bytes) -> None:
    """Another program of the same user, for example; the log tells it."""
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(b"\0" + bytes.fromhex(host.address))
        socket.send_fds(server, [said], [0, 1, 2])
        assert server.recv(1) == b""

    assert "doesn't know the secret" in host.told()["error"]
    assert psutil.Process(host.process.pid).children() == []


def test_the_secret_is_new_for_each_start_and_stands_in_no_argument(host: Host) -> None:
    """Arguments can be read by every user of the host."""
    asked = host.ask()
    say(asked, "hello")
    secret = host.variables[shim.SECRET_VARIABLE]

    for process_id in (host.process.pid, asked.pid):
        assert secret not in " ".join(psutil.Process(process_id).cmdline())
    listener = open_listener()
    assert listener is not None
    with listener:
        assert variables_of(listener)[shim.SECRET_VARIABLE] != secret


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_another_user_gets_no_record_processor(host: Host) -> None:
    """It would publish with our credentials whatever it is told."""
    secret = host.variables[shim.SECRET_VARIABLE].encode()

    def ask() -> int:
        with socket.socket(socket.AF_UNIX) as server:
            server.connect(b"\0" + bytes.fromhex(host.address))
            socket.send_fds(server, [secret], [0, 1, 2])
            with contextlib.suppress(ConnectionResetError):
                return len(server.recv(1))
            return 0

    assert as_nobody(ask) == 0


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_a_stand_in_hands_its_streams_to_nobody_elses_server() -> None:
    """Whoever takes the address of a server that is gone would read the table's changes."""
    listener = open_listener()
    assert listener is not None

    def ask() -> int:
        found = shim.connect(address_of(listener))
        with found or contextlib.nullcontext():
            return found is not None

    with listener:
        assert as_nobody(ask) == 0
        assert ask() == 1


def as_nobody(question: Callable[[], int]) -> int:
    """Ask it as another user, in a process of its own; 255 where that fails."""
    process_id = os.fork()
    if process_id == 0:
        with contextlib.suppress(BaseException):
            os.setuid(NOBODY)
            os._exit(question())
        os._exit(255)
    return os.waitstatus_to_exitcode(os.waitpid(process_id, 0)[1])


def test_both_ends_of_one_user_are_ours() -> None:
    """As the server and its stand-ins are."""
    one, other = socket.socketpair()
    with one, other:
        assert is_ours(one)
        assert is_ours(other)


@pytest.mark.parametrize("address", ["", "00ff"])
def test_without_a_fork_server_a_stand_in_becomes_a_record_processor(address: str) -> None:
    """Here one that says how it is started, since nobody has handed it settings."""
    done = subprocess.run(
        [sys.executable, "-IS", shim.__file__],
        env={"PATH": os.environ["PATH"], SERVER_VARIABLE: address},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert "stream-publisher run" in done.stderr
