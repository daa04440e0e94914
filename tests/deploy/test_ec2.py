"""The service on a machine of one's own: its unit, and what installs it."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.deploy.stacks import DEPLOY
from tests.deploy.variables import EC2, read
from tests.places import ROOT

UNIT = DEPLOY / "ec2" / "stream-publisher.service"
INSTALL = DEPLOY / "ec2" / "install"
needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed"
)
MOST_EXPOSED = 1.5

# In Python's place: what takes half a minute is done by hand, with the real one.
PYTHON = """#!/bin/sh
case "$1 $2" in
    "-c "*) ;;
    "-m venv") mkdir -p "$3/bin"
        cp "$0" "$3/bin/python"
        printf '#!%s/bin/python\\n' "$3" >"$3/bin/stream-publisher" ;;
    "-m pip") [ -z "$PIP_FAILS" ] && echo "$@" >>"$CALLS" ;;
    "-m compileall") ;;
    *) exit 9 ;;
esac
"""
DAEMON = "streams-multilang-daemon-0.1.0.jar"


def sums() -> str:
    """In sha256sum's place: it finds all jars as they should be; tests of scripts/jars don't."""
    return f'#!/bin/sh\n[ "$1" = --check ] || exec {shutil.which("sha256sum")} "$@"\n'


def unit() -> dict[str, list[str]]:
    """The unit's settings, in all of its sections."""
    made: dict[str, list[str]] = {}
    for name, value in re.findall(r"^([A-Z]\w+)=(.*)$", UNIT.read_text(), re.MULTILINE):
        made.setdefault(name, []).append(value)
    return made


@needs_systemd
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    """Every word of it; the program itself isn't here."""
    program = unit()["ExecStart"][0].split()[0]
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace(program, shutil.which("true") or ""))
    command = ["systemd-analyze", "verify", "--man=no", str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@needs_systemd
def test_the_unit_is_hardly_exposed() -> None:
    """By systemd's own measure, from 0 to 10."""
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    (exposure,) = re.findall(r"Overall exposure level for [\w.-]+: ([\d.]+)", done.stdout)

    assert float(exposure) <= MOST_EXPOSED


def test_no_item_gets_to_a_disk_from_memory() -> None:
    """Neither as swap nor as a core dump; nothing else is written at all."""
    wanted = {
        "MemorySwapMax": "0",
        "LimitCORE": "0",
        "ProtectSystem": "strict",
        "PrivateTmp": "yes",
    }

    assert {name: unit()[name] for name in wanted} == {name: [wanted[name]] for name in wanted}


def test_systemd_waits_for_the_end_of_a_stop() -> None:
    """Longer than the daemon takes at most, and it alone is asked for it."""
    grace_seconds = int(read(EC2)["KCL_SHUTDOWN_GRACE_MILLIS"]) / 1000

    assert int(unit()["TimeoutStopSec"][0]) >= grace_seconds + 10
    assert unit()["KillMode"] == ["mixed"]


def test_the_service_comes_back_whatever_ended_it() -> None:
    """As often as it takes."""
    assert unit()["Restart"] == ["always"]
    assert unit()["StartLimitIntervalSec"] == ["0"]


def install(
    folder: Path, *options: str, source: Path = ROOT, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """`deploy/ec2/install` below a folder, with jars and a Python that cost nothing."""
    programs, jars = folder / "programs", folder / "jars"
    for each in (programs, jars):
        each.mkdir(exist_ok=True)
    (jars / DAEMON).touch()
    for name, text in {"python3": PYTHON, "sha256sum": sums()}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    return subprocess.run(
        [source / INSTALL.relative_to(ROOT), "--root", folder / "root", "--jars", jars, *options],
        env={
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "CALLS": str(folder / "calls"),
            "PIP_FAILS": "",
            **(variables or {}),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def tree(folder: Path) -> dict[Path, tuple[int, int]]:
    """Everything below a folder, with what any change of it would change."""
    files = [folder, *folder.rglob("*")]
    return {file: (file.lstat().st_ino, file.lstat().st_mtime_ns) for file in files}


def test_an_installation_has_all_that_the_unit_names(tmp_path: Path) -> None:
    """Program, settings and unit, from packages whose hashes are known."""
    done = install(tmp_path)
    root = tmp_path / "root"
    current = root / "opt/stream-publisher/current"
    version = current.readlink()
    tools, packages, ours = (tmp_path / "calls").read_text().splitlines()

    assert done.returncode == 0, done.stderr
    assert unit()["ExecStart"] == [f"/{current.relative_to(root)}/bin/stream-publisher run"]
    assert os.access(current / "bin" / "stream-publisher", os.X_OK)
    assert (current / "jars" / DAEMON).exists()
    assert (root / unit()["EnvironmentFile"][0].lstrip("/")).read_text() == EC2.read_text()
    assert (root / "etc/systemd/system" / UNIT.name).read_text() == UNIT.read_text()
    assert "--require-hashes -r requirements/build.txt" in tools
    assert "--require-hashes -r requirements/run.txt" in packages
    assert "--no-deps" in ours
    # Scripts name their interpreter without the folder that is only the image's for now.
    shebang = (current / "venv" / "bin" / "stream-publisher").read_text().strip()
    assert shebang == f"#!/opt/stream-publisher/{version}/venv/bin/python"


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    """And says so."""
    install(tmp_path)
    before = tree(tmp_path / "root")
    done = install(tmp_path)

    assert (done.returncode, tree(tmp_path / "root")) == (0, before)
    assert re.fullmatch(r"Nothing to do: \S+ is installed\.\n", done.stderr)


def test_an_operators_settings_stay(tmp_path: Path) -> None:
    """The unit is ours, and is put right."""
    install(tmp_path)
    settings = tmp_path / "root" / "etc/stream-publisher/stream-publisher.env"
    installed = tmp_path / "root" / "etc/systemd/system" / UNIT.name
    settings.write_text("PUBLISHER_TABLE=mine\n")
    installed.write_text("[Service]\n")
    done = install(tmp_path)

    assert settings.read_text() == "PUBLISHER_TABLE=mine\n"
    assert installed.read_text() == UNIT.read_text()
    assert "changed: /etc/systemd/system/stream-publisher.service" in done.stderr


def test_an_update_leaves_the_version_before_for_the_way_back(tmp_path: Path) -> None:
    """What runs goes on from its own folder."""
    checkout = tmp_path / "checkout"
    for name in ("consumer", "daemon/src/main", "deploy/ec2", "requirements", "scripts"):
        shutil.copytree(ROOT / name, checkout / name)
    for name in ("pyproject.toml", "README.md", "LICENSE", "daemon/jars.sha256", "daemon/pom.xml"):
        shutil.copy(ROOT / name, checkout / name)
    current = tmp_path / "root/opt/stream-publisher/current"
    install(tmp_path, source=checkout)
    before = current.readlink()
    (checkout / "consumer" / "new.py").touch()
    install(tmp_path, source=checkout)

    assert current.readlink() != before
    assert (current.parent / before / "complete").exists()


def test_an_interrupted_installation_is_made_anew(tmp_path: Path) -> None:
    """Nothing points to it before it is whole."""
    failed = install(tmp_path, variables={"PIP_FAILS": "yes"})
    current = tmp_path / "root/opt/stream-publisher/current"
    pointed = current.is_symlink()
    done = install(tmp_path)

    assert (failed.returncode != 0, pointed) == (True, False)
    assert done.returncode == 0
    assert (current / "complete").exists()


def test_mistakes_are_named_all_at_once(tmp_path: Path) -> None:
    """Before anything is changed, with status 2."""
    command = list(map(str, (INSTALL, "--root", tmp_path / "root", "--jars", tmp_path)))
    (tmp_path / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "python3").chmod(0o755)
    for program in ("bash", "dirname", "id", "sed"):
        (tmp_path / program).symlink_to(shutil.which(program) or "")
    done = subprocess.run(
        command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert [line.split(": ", 1)[1] for line in done.stderr.splitlines()] == [
        "Python 3.11 with venv is missing; install python3.11, or python3-venv",
        f"--jars {tmp_path}: holds no jars",
    ]
    assert not (tmp_path / "root").exists()
