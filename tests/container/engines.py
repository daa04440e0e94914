"""Containers of an image, run by what there is: docker, podman, or the kernel alone."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import psutil

from consumer.sandbox.process import ManagedProcess

# Longer than the daemon's own grace, so that it is never killed while it publishes.
_STOP_SECONDS = 75.0


class EngineError(Exception):
    """Nothing here can run the image; says what to do."""


class Container(ABC):
    """A container on this host's network whose root can't be written to.

    Args:
        image: The image's name.
        folder: Where its log goes.
        settings: Variables beyond the image's own.
    """

    engine: str

    def __init__(self, image: str, folder: Path, settings: Mapping[str, str]) -> None:
        self.image, self.settings = image, settings
        self._log = folder / "container.log"

    @classmethod
    @abstractmethod
    def size(cls, image: str) -> int | None:
        """The image's size in bytes, None where this engine doesn't have it."""

    @abstractmethod
    def command(self) -> tuple[Sequence[str], Mapping[str, str]]:
        """What starts the container, and its environment."""

    @abstractmethod
    def inside(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the running container, as its user."""

    @abstractmethod
    def terminate(self) -> None:
        """Send SIGTERM to the container's first process."""

    @abstractmethod
    def remove(self) -> None:
        """Remove what the ended container leaves."""

    def __enter__(self) -> Self:
        try:
            command, environ = self.command()
            self.process = ManagedProcess(command, self._log, environ)
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
        self.remove()

    def stop(self) -> int:
        """End it as an operator does; return its exit status."""
        self.terminate()
        return self.process.wait(_STOP_SECONDS)

    def log_lines(self) -> list[str]:
        """Everything that it wrote."""
        return self._log.read_text(errors="replace").splitlines()


class DockerContainer(Container):
    """A container of docker."""

    engine = "docker"
    read_only: Sequence[str] = ("--read-only",)

    def __init__(self, image: str, folder: Path, settings: Mapping[str, str]) -> None:
        super().__init__(image, folder, settings)
        self._name = f"stream-publisher-check-{uuid.uuid4().hex[:8]}"

    @classmethod
    def size(cls, image: str) -> int | None:
        """What the engine says."""
        answer = _answer([cls.engine, "image", "inspect", image])
        return None if answer is None else int(json.loads(answer)[0]["Size"])

    def command(self) -> tuple[Sequence[str], Mapping[str, str]]:
        """`run` in the foreground, so that its end is the container's and its output the log."""
        run = [self.engine, "run", "--rm", "--name", self._name, "--network", "host"]
        # The check asks itself; podman would want systemd for it.
        run.append("--no-healthcheck")
        narrow = [*self.read_only, "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
        # Names alone: the engine takes the values from its own environment.
        variables = [option for name in self.settings for option in ("--env", name)]
        return [*run, *narrow, *variables, self.image], {**os.environ, **self.settings}

    def inside(self, *command: str) -> subprocess.CompletedProcess[str]:
        """`exec`."""
        return _run([self.engine, "exec", self._name, *command])

    def terminate(self) -> None:
        """`kill` sends the signal and waits for nothing."""
        _run([self.engine, "kill", "--signal", "TERM", self._name]).check_returncode()

    def remove(self) -> None:
        """Usually gone already."""
        _run([self.engine, "rm", "--force", self._name])


class PodmanContainer(DockerContainer):
    """A container of podman, which would put writable folders over a read-only root."""

    engine = "podman"
    read_only = ("--read-only", "--read-only-tmpfs=false")


class BareContainer(Container):
    """An image of buildah's, run by the kernel alone where no engine runs.

    buildah's own chroot isolation has neither a read-only root nor process ids of its own. Here the
    container's first process has the id 1, for which the kernel ignores signals that it doesn't
    handle: what an engine shows, this shows too.
    """

    engine = "buildah"
    _NEW_NAMESPACES = ("--mount", "--pid", "--ipc", "--fork", "--kill-child")
    _SCRIPT = r"""
        set -e
        root=$1 user=$2 group=$3
        shift 3
        mount --bind "$root" "$root"
        mount -o remount,bind,ro "$root"
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        for file in hosts resolv.conf; do
            [ ! -e "$root/etc/$file" ] || mount --bind "/etc/$file" "$root/etc/$file"
        done
        # The last option: a change of the user makes the kernel forget what --kill-child asked for.
        exec chroot "$root" setpriv --reuid "$user" --regid "$group" --clear-groups \
            --inh-caps=-all --bounding-set=-all --no-new-privs --pdeathsig KILL "$@"
    """

    def __init__(self, image: str, folder: Path, settings: Mapping[str, str]) -> None:
        super().__init__(image, folder, settings)
        if os.geteuid() != 0:
            raise EngineError("without docker and podman only root can run the image")
        self._container: str | None = None
        self._buildah, inspected = _inspected(image)
        self._config: Mapping[str, Any] = inspected["OCIv1"]["config"]

    @classmethod
    def size(cls, image: str) -> int | None:
        """The sum of its layers."""
        _, inspected = _inspected(image)
        layers = json.loads(inspected["Manifest"])["layers"] if inspected else []
        return sum(layer["size"] for layer in layers) or None

    def command(self) -> tuple[Sequence[str], Mapping[str, str]]:
        """The image's own command, in name spaces of its own and with its folders as the root."""
        self._container = _said([*self._buildah, "from", self.image])
        root = _said([*self._buildah, "mount", self._container])
        begin = [_program("unshare"), *self._NEW_NAMESPACES, _program("sh"), "-c", self._SCRIPT]
        command = [*self._config["Entrypoint"], *self._config["Cmd"]]
        return [*begin, "sh", root, *self._user(), *command], self._environ()

    def inside(self, *command: str) -> subprocess.CompletedProcess[str]:
        """`nsenter`, which enters the name spaces and the root of the first process."""
        user, group = self._user()
        enter = [_program("nsenter"), f"--target={self._first_process()}"]
        into = ["--mount", "--pid", "--ipc", "--root", "--wd", f"--setuid={user}"]
        return _run([*enter, *into, f"--setgid={group}", *command], self._environ())

    def terminate(self) -> None:
        """To the first process itself: unshare, which waits for it, would not pass it on."""
        os.kill(self._first_process(), signal.SIGTERM)

    def remove(self) -> None:
        """The container of buildah; mounts are gone with their name space."""
        if self._container:
            _run([*self._buildah, "rm", self._container])

    def _user(self) -> tuple[str, str]:
        user, _, group = self._config["User"].partition(":")
        return user, group

    def _environ(self) -> Mapping[str, str]:
        own = dict(variable.split("=", 1) for variable in self._config["Env"])
        # The script's mount and chroot.
        return {**own, "PATH": f"{own['PATH']}:/usr/sbin:/sbin", **self.settings}

    def _first_process(self) -> int:
        if self.process.status is None:
            for child in psutil.Process(self.process.pid).children():
                return int(child.pid)
        raise EngineError("\n".join(["the container has ended:", *self.log_lines()[-20:]]))


ENGINES: Sequence[type[Container]] = (DockerContainer, PodmanContainer, BareContainer)


def find_engine(image: str, wanted: str | None) -> tuple[type[Container], int]:
    """Return the first engine that has the image, with the image's size in bytes."""
    for candidate in ENGINES:
        if wanted in {None, candidate.engine}:
            size = candidate.size(image)
            if size is not None:
                return candidate, size
    raise EngineError(
        f"{wanted or 'every engine'} lacks the image {image!r}; run scripts/image first"
    )


def _inspected(image: str) -> tuple[Sequence[str], Any]:
    """What buildah knows of an image, and how to call it: scripts/image may have to let it copy."""
    for command in (["buildah"], ["buildah", "--storage-driver", "vfs"]):
        answer = _answer([*command, "inspect", "--type", "image", image])
        if answer is not None:
            return command, json.loads(answer)
    return [], {}


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise EngineError(f"{name} is not on the PATH; it is part of util-linux")
    return found


def _answer(command: Sequence[str]) -> str | None:
    with contextlib.suppress(FileNotFoundError):
        answer = _run(command)
        return answer.stdout if answer.returncode == 0 else None
    return None


def _said(command: Sequence[str]) -> str:
    answer = _run(command)
    if answer.returncode:
        raise EngineError(f"{' '.join(command)}: {answer.stderr.strip()}")
    return answer.stdout.strip()


def _run(
    command: Sequence[str], environ: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
