"""A shell completes commands and options, as docs/cli.md says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import ROOT

PROGRAM = Path(sys.executable).with_name("stream-publisher")
PAGE = (ROOT / "docs" / "cli.md").read_text()


def ask(shell: str, *words: str) -> list[str]:
    """What the program offers a shell for the last word."""
    line = " ".join(["stream-publisher", *words])
    environ = {"_STREAM_PUBLISHER_COMPLETE": f"{shell}_complete", "COMP_WORDS": line}
    # fish gives the word itself, the others its number.
    cword = words[-1] if shell == "fish" else str(len(words))
    done = subprocess.run(
        [PROGRAM], env={**environ, "COMP_CWORD": cword}, capture_output=True, text=True, check=True
    )
    return re.findall(r"[\w-]+", done.stdout)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_command_is_completed(shell: str) -> None:
    """By its first letters."""
    offered = ask(shell, "de")

    assert {"dead-letters", "demo"} <= set(offered)
    assert "run" not in offered


def test_commands_of_a_group_and_options_are_completed() -> None:
    """Those of the command that is typed, and no other's."""
    assert {"list", "show", "redrive"} <= set(ask("bash", "dead-letters", "''"))
    assert set(ask("bash", "run", "--chec")) == {"plain", "--check-only"}
    assert {"json", "human"} <= set(ask("bash", "run", "--log-format", "''"))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_documented_line_prints_a_script(shell: str) -> None:
    """Which asks the program by the variable that it listens to."""
    (variable,) = re.findall(rf"(_\w+_COMPLETE)={shell}_source stream-publisher", PAGE)
    done = subprocess.run(
        [PROGRAM],
        env={variable: f"{shell}_source", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )

    assert f"{variable}={shell}_complete" in done.stdout.replace('"', "")


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_bash_completes_after_the_documented_line() -> None:
    """The function that it registers fills in what bash then offers."""
    (line,) = re.findall(r"echo '(eval .*bash_source.*)' >> ", PAGE)
    press_tab = (
        "COMP_WORDS=(stream-publisher de); COMP_CWORD=1; "
        "$(complete -p stream-publisher | sed 's/.*-F \\([^ ]*\\).*/\\1/') stream-publisher; "
        'echo "${COMPREPLY[*]}"'
    )
    done = subprocess.run(
        ["bash", "-c", f"{line}; {press_tab}"],
        env={"PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert {"dead-letters", "demo"} <= set(done.stdout.split())
