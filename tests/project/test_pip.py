"""Whatever pip installs was named with its hash, the tools that build included."""

import re

import pytest

from tests.places import ROOT

FILES = ("Dockerfile", "deploy/ec2/install", "scripts/setup")
BUILD = "-r requirements/build.txt"


def uses(name: str) -> str:
    """All of a file."""
    return (ROOT / name).read_text()


@pytest.mark.parametrize("name", FILES)
def test_what_is_installed_has_a_hash_or_is_ours(name: str) -> None:
    """A list of packages is named with --require-hashes."""
    before = re.findall(r"(\S+)[\s\\]+-r requirements/\w+\.txt", uses(name))

    assert before == ["--require-hashes"] * 2


@pytest.mark.parametrize("name", FILES)
def test_the_tools_that_build_come_first(name: str) -> None:
    """And are used: pip fetches none by itself."""
    text = uses(name)
    lists = re.findall(r"-r requirements/\w+\.txt", text)

    assert lists[0] == BUILD
    assert "--no-build-isolation" in text
    assert "KCL_MVN_REPO_SEARCH_URL=data:," in text


def test_every_build_tool_has_a_hash() -> None:
    """That of the project's own build, in the release that pyproject.toml names."""
    lock, project = uses("requirements/build.txt"), uses("pyproject.toml")
    (required,) = re.findall(r'requires = \["([\w=.]+)"\]', project)

    assert f"{required} \\\n    --hash=sha256:" in lock
