"""`scripts/jars check`: no jar runs that the repository doesn't know."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.places import ROOT

LOCK = ROOT / "daemon" / "jars.sha256"
JAR = "org/example/jar/1.0/jar-1.0.jar"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose lock knows one jar, and a folder with that jar and the daemon's own."""
    for folder in ("scripts", "daemon", "jars"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "scripts" / "jars", tmp_path / "scripts")
    (tmp_path / "jars" / "jar-1.0.jar").write_text("as it was built")
    (tmp_path / "jars" / "streams-multilang-daemon-0.1.0.jar").touch()
    digest = hashlib.sha256(b"as it was built").hexdigest()
    (tmp_path / "daemon" / "jars.sha256").write_text(f"{digest}  {JAR}\n")
    return tmp_path


def check(checkout: Path) -> subprocess.CompletedProcess[str]:
    """Check the folder."""
    command = [str(checkout / "scripts" / "jars"), "check", str(checkout / "jars")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_known_jars_pass(checkout: Path) -> None:
    """Without a word."""
    done = check(checkout)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_changed_jar_is_refused(checkout: Path) -> None:
    """It is named."""
    (checkout / "jars" / "jar-1.0.jar").write_text("changed")
    done = check(checkout)

    assert done.returncode == 1
    assert "jar-1.0.jar: FAILED" in done.stderr
    assert "Nothing of it may run" in done.stderr


def test_a_missing_jar_is_refused(checkout: Path) -> None:
    """It is named."""
    (checkout / "jars" / "jar-1.0.jar").unlink()
    done = check(checkout)

    assert done.returncode == 1
    assert "jar-1.0.jar" in done.stderr


def test_a_jar_that_nobody_knows_is_refused(checkout: Path) -> None:
    """It would be on the class path too."""
    (checkout / "jars" / "jar-1.1.jar").touch()
    done = check(checkout)

    assert done.returncode == 1
    assert "not in daemon/jars.sha256: jar-1.1.jar" in done.stderr


def test_each_jar_of_the_lock_has_its_sum() -> None:
    """And its place in Maven's repository, in order."""
    lines = LOCK.read_text().splitlines()

    assert all(
        re.fullmatch(r"[0-9a-f]{64}  \S+/([\w.-]+)/([\w.-]+)/\1-\2\S*\.jar", line) for line in lines
    )
    assert len(lines) > 80


def test_every_plugin_of_maven_has_a_version() -> None:
    """Otherwise Maven's release would decide."""
    plugins = re.findall(
        r"<plugin>.*?</plugin>", (ROOT / "daemon" / "pom.xml").read_text(), re.DOTALL
    )

    assert plugins
    assert [plugin for plugin in plugins if "<version>" not in plugin] == []
