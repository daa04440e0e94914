"""`scripts/release` makes a release from what is committed, and from nothing else."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.places import ROOT


def git(folder: Path, *arguments: str) -> None:
    """A command of git in a folder."""
    who = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "the image needs --build-base and --runtime-base"),
        (("--build-base", f"debian@sha256:{64 * '0'}"), "the image needs --build-base and"),
        (("--build-base", "debian:bookworm-slim"), "--build-base must name an image by its digest"),
        (("--runtime-base", "debian@sha256:0"), "--runtime-base must name an image by its digest"),
        (("--runtime-base",), "--runtime-base must name an image by its digest"),
    ],
)
def test_an_images_bases_are_named_by_digest(options: tuple[str, ...], told: str) -> None:
    """Nobody can exchange what a digest names; said before anything is made."""
    command = [str(ROOT / "scripts" / "release"), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr.startswith(f"scripts/release: {told}")


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
