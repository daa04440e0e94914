"""docs/security.md: what it promises is tested, and its tables are complete."""

import ast
import json
import re

import pytest

from tests.places import ROOT
from tests.project.tables import rows

PAGE = (ROOT / "docs" / "security.md").read_text()
THREATS = rows(PAGE, "Threats")
JAVA_TESTS = ROOT / "daemon" / "src" / "test" / "java"


@pytest.mark.parametrize("row", THREATS, ids=[row[0] for row in THREATS])
def test_each_threat_names_tests_that_exist(row: list[str]) -> None:
    """By file or class, and by name."""
    named = re.findall(r"`([^`]+)::(\w+)`", row[2])

    assert named
    assert [test for test in named if not exists(*test)] == []


def exists(place: str, name: str) -> bool:
    """Whether there is such a test, in Python or in Java."""
    if not place.endswith(".py"):
        (file,) = JAVA_TESTS.rglob(f"{place}.java")
        return bool(re.search(rf"void {name}\(", file.read_text()))
    tree = ast.parse((ROOT / place).read_text())
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body)


def test_a_test_that_is_gone_would_be_noticed() -> None:
    """As would one of Java."""
    assert not exists("tests/project/test_security_page.py", "test_that_is_gone")
    assert not exists("HealthServerTest", "isGone")
    assert exists("HealthServerTest", "nothingButAskingIsAllowed")


def test_every_statement_for_programs_is_explained() -> None:
    """In the order of the files' statements, each under its policy's name."""
    told: dict[str, list[str]] = {}
    for policy, statement, _may, _why in rows(PAGE, "What each role may do"):
        name = re.sub(r"^\[(.+)\]\(.*", r"\1", policy) or next(reversed(told))
        told.setdefault(name, []).append(statement.strip("`"))
    files = {file.name: file for file in (ROOT / "deploy").glob("policy*.json")}
    del files["policy-operator.json"]  # docs/operations.md explains it.

    assert told == {
        name: [each["Sid"] for each in json.loads(file.read_text())["Statement"]]
        for name, file in files.items()
    }


def test_the_questionnaire_has_its_twenty_answers() -> None:
    """Numbered, and none of them empty."""
    questions = rows(PAGE, "Questionnaire")

    assert [number for number, _, _ in questions] == [str(number) for number in range(1, 21)]
    assert all(question.endswith("?") and answer for _, question, answer in questions)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/deploy.md"])
def test_the_page_is_found(page: str) -> None:
    """From where somebody would look for it."""
    assert re.search(r"\]\((docs/)?security\.md", (ROOT / page).read_text())
