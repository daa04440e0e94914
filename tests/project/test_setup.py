"""`scripts/setup` on systems that are not this one."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.places import ROOT

SYSTEM = ("bash", "cat", "dirname", "echo", "env", "grep", "xargs")
AS_ROOT = {"id": "echo 0"}
OLD = {
    "python3": 'case $1 in --version) echo "Python 3.10.12" ;; *) exit 1 ;; esac',
    "javac": "echo javac 11.0.2",
}


def set_up(folder: Path, programs: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """`scripts/setup` in a checkout of its own, with these programs; apt-get notes its calls."""
    (folder / "scripts").mkdir()
    (folder / "bin").mkdir()
    shutil.copy(ROOT / "scripts" / "setup", folder / "scripts")
    for name in SYSTEM:
        (folder / "bin" / name).symlink_to(shutil.which(name) or "")
    apt = {"apt-get": f'echo "$@" >>{folder}/calls'}
    for name, does in {**AS_ROOT, **apt, **programs}.items():
        (folder / "bin" / name).write_text(f"#!{shutil.which('bash')}\n{does}\n")
        (folder / "bin" / name).chmod(0o755)
    return subprocess.run(
        [folder / "scripts" / "setup"],
        env={"PATH": str(folder / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_system_whose_packages_are_too_old_is_told_so(tmp_path: Path) -> None:
    """All that is missing at once, with what there is; nothing is made."""
    done = set_up(tmp_path, OLD)

    assert done.returncode == 2
    told = done.stderr.split("maven\n")[1]
    assert told.splitlines() == [
        f"scripts/setup: {needed}; install it, and call scripts/setup again."
        for needed in (
            "Python 3.11 or newer with venv is needed; this system has Python 3.10.12",
            "A JDK 17 or newer is needed; this system has javac 11.0.2",
            "Maven is needed; this system has none",
        )
    ]
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(
    ("apt_cache", "package"),
    [("exit 0", "openjdk-17-jdk-headless"), ("exit 100", "default-jdk-headless")],
    ids=["has 17", "has another"],
)
def test_the_jdk_is_17_or_what_the_system_has(tmp_path: Path, apt_cache: str, package: str) -> None:
    """Debian 13 has a newer one alone, Ubuntu 22.04 an older one by default."""
    set_up(tmp_path, {**OLD, "apt-cache": apt_cache})
    update, install = (tmp_path / "calls").read_text().splitlines()

    assert update.startswith("update")
    assert install.split()[-4:] == ["python3", "python3-venv", package, "maven"]
