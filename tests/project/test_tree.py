"""Tests stand where their code does, and CONTRIBUTING.md names what is there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import ROOT

PACKAGE = ROOT / "consumer"
JAVA = ROOT / "daemon" / "src" / "main" / "java" / "streampublisher"
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def rooms() -> list[Path]:
    """The folders of the package."""
    return [room for room in PACKAGE.iterdir() if (room / "__init__.py").exists()]


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_a_test_file_of_a_room_is_called_after_a_module(room: Path) -> None:
    """So that a module's tests are found without a search."""
    modules = tuple(f"test_{module.stem}" for module in room.glob("[!_]*.py"))
    files = (ROOT / "tests" / room.name).glob("test_*.py")

    assert [file.name for file in files if not file.name.startswith(modules)] == []


def test_a_folder_of_tests_is_a_rooms_or_is_explained() -> None:
    """CONTRIBUTING.md says what the others are for."""
    folders = {file.parent.relative_to(ROOT).as_posix() for file in TESTS} - {"tests"}
    of_rooms = {f"tests/{room.name}" for room in rooms()}

    assert [each for each in folders - of_rooms if f"`{each}`" not in CONTRIBUTING] == []


def imports(file: Path) -> Iterator[str]:
    """The modules from which a file imports names."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_no_file_takes_helpers_from_a_test_file() -> None:
    """What tests share lies in modules of its own."""
    takers = {
        f"{file.name}: {module}"
        for file in TESTS
        for module in imports(file)
        if module.rpartition(".")[2].startswith("test_")
    }

    assert takers == set()


def paths() -> list[str]:
    """Every file and folder that CONTRIBUTING.md names."""
    named = re.findall(r"`([\w./-]+)`", CONTRIBUTING)
    return sorted({name for name in named if "/" in name[1:] or name.endswith(".java")})


def test_what_the_contributors_page_names_is_there() -> None:
    """In the repository, in the package or in the daemon's package."""
    places = (ROOT, PACKAGE, JAVA)

    assert len(paths()) > 60
    assert [name for name in paths() if not any((place / name).exists() for place in places)] == []
