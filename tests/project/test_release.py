"""`scripts/release` makes a release from what is committed, and from nothing else."""

import shutil
import subprocess
from pathlib import Path

from tests.places import ROOT


def git(folder: Path, *arguments: str) -> None:
    """A command of git in a folder."""
    who = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_what_isnt_committed_is_refused(tmp_path: Path) -> None:
    """It is named, with status 2, and nothing is made."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "release", tmp_path / "scripts")
    git(tmp_path, "init")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--message", "A release")
    (tmp_path / "changed").touch()
    command = [str(tmp_path / "scripts" / "release"), "--no-image"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "?? changed"
    assert not (tmp_path / "target").exists()
