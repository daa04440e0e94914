"""Whatever is shipped or run has a licence that is on the list."""

import pytest

from deploy.licences import POLICY, Part, jars, others, packages

LOCKS = ("build.txt", "dev.txt", "lambda.txt", "run.txt")


def unlisted(parts: list[Part]) -> dict[str, list[str]]:
    """What isn't on the list, by part."""
    return {part.name: part.unlisted for part in parts if part.unlisted}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_a_listed_licence(lock: str) -> None:
    """By its own metadata."""
    found = packages(lock)

    assert found
    assert unlisted(found) == {}


def test_every_jar_has_a_listed_licence() -> None:
    """By its own pom, or its parents'."""
    assert unlisted(jars()) == {}


def test_what_is_neither_has_one_too() -> None:
    """By what the list says of it."""
    assert unlisted(others()) == {}


@pytest.mark.parametrize(
    "licence", ["", "GPL-3.0-only", "MIT OR SSPL-1.0", "MIT AND (Apache-2.0 OR BUSL-1.1)"]
)
def test_another_licence_is_found(licence: str) -> None:
    """Also as one of several."""
    assert Part("package", "1", licence).unlisted


def test_nothing_is_spelled_that_isnt_allowed() -> None:
    """A spelling leads to the list."""
    assert set(POLICY["spelled"].values()) <= set(POLICY["allowed"])
