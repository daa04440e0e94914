"""A package that comes as source is built by what is locked; pip fetches nothing for it by itself.

The package here names a tool of its own that its build wants, as amazon-kclpy does.
"""

import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.places import ROOT

SETUP = """\
from setuptools import setup
setup(name="needy", version="1.0", py_modules=[], setup_requires=["pytest-runner"])
"""
OURS = ("--no-deps", "--no-build-isolation", "--use-pep517")


def sdist(folder: Path) -> Path:
    """A package as source, as an index serves it."""
    file = folder / "needy-1.0.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        for name, text in {
            "setup.py": SETUP,
            "PKG-INFO": "Metadata-Version: 2.1\nName: needy\nVersion: 1.0\n",
        }.items():
            entry = tarfile.TarInfo(f"needy-1.0/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode()))
    return file


def build(folder: Path, *options: str, digest: str = "") -> subprocess.CompletedProcess[str]:
    """Build a locked package from what is in a folder; nothing else can be had, at no depth."""
    file = sdist(folder)
    digest = digest or hashlib.sha256(file.read_bytes()).hexdigest()
    (folder / "lock.txt").write_text(f"needy==1.0 --hash=sha256:{digest}\n")
    arguments = [
        "--require-hashes",
        "-r",
        str(folder / "lock.txt"),
        "--wheel-dir",
        str(folder / "built"),
    ]
    return subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, *arguments],
        env={**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["Dockerfile", "deploy/ec2/install", "scripts/setup"])
def test_the_options_are_those_of_every_installation(name: str) -> None:
    """In this order, so that the tests below are about them."""
    text = re.sub(r"\s*\\\n\s*", " ", (ROOT / name).read_text())

    assert " ".join(OURS) in text


def test_nothing_is_fetched_for_a_build(tmp_path: Path) -> None:
    """Neither setuptools nor what the package itself wants."""
    done = build(tmp_path, *OURS)

    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "built").glob("needy-1.0-*.whl"))


def test_without_these_options_pip_would_fetch(tmp_path: Path) -> None:
    """Newest versions, without a hash; here it finds none."""
    done = build(tmp_path)

    assert done.returncode != 0
    assert "Could not find a version that satisfies the requirement setuptools" in done.stderr


def test_a_changed_package_is_refused(tmp_path: Path) -> None:
    """Before anything of it runs."""
    done = build(tmp_path, *OURS, digest="0" * 64)

    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
