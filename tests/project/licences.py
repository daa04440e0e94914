"""The licence of every package and jar, from its own metadata; docs/licences.md is made from it."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from tests.places import ROOT

POLICY: Mapping[str, Any] = tomllib.loads((ROOT / "requirements" / "licences.toml").read_text())
"""What is allowed, and how it is spelled."""

_REPOSITORY = Path.home() / ".m2" / "repository"
_HEAD = """\
<!-- Written by scripts/docs from the packages' own metadata; edit requirements/licences.toml. -->
# Licences

The stream publisher stands under the [Apache License 2.0](../LICENSE). Everything that is shipped
or run by default has an open licence of this list, and a test fails where one hasn't:

{allowed}.

[NOTICE](../NOTICE) says what these licences ask to be said. Jars are passed on as their makers
built them, each with its own licence and notice inside.
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A package or a jar.

    Attributes:
        name: Its name; for a jar that of the artifact.
        version: Its version.
        licence: An expression of SPDX names; in other words where metadata says something unknown.
    """

    name: str
    version: str
    licence: str

    @property
    def unlisted(self) -> list[str]:
        """The names in its licence that are not on the list."""
        names = [name.strip() for name in re.split(r"\bAND\b|\bOR\b|[()]", self.licence)]
        return [name for name in names if name and name not in POLICY["allowed"]] or (
            [] if self.licence else ["no licence"]
        )


def packages(lock: str) -> list[Part]:
    """The packages of a lock of requirements/."""
    text = (ROOT / "requirements" / lock).read_text()
    found = sorted(set(re.findall(r"^([\w.-]+)==([\w.!+-]+)", text, re.MULTILINE)))
    return [Part(name, version, _licence_of_package(name)) for name, version in found]


def jars() -> list[Part]:
    """The jars of the daemon's lock."""
    lines = (ROOT / "daemon" / "jars.sha256").read_text().splitlines()
    return [_jar(Path(line.split()[1])) for line in lines]


def others() -> list[Part]:
    """What is neither package nor jar."""
    return [Part(name, "", licence) for name, licence in POLICY["other"].items()]


def licences_page() -> str:
    """Return docs/licences.md."""
    shipped, used = packages("run.txt"), packages("dev.txt")
    names = {part.name for part in shipped}
    rest = [part for part in used if part.name not in names]
    return "\n".join(
        (
            _HEAD.format(allowed=", ".join(POLICY["allowed"])),
            *_section("Python packages of a worker", shipped),
            *_section("Jars of a worker", jars()),
            *_section("Beside them", others()),
            *_section("Only for demo, tests and builds", rest),
        )
    )


def _section(title: str, parts: Sequence[Part]) -> Iterator[str]:
    rows = "".join(f"| {part.name} | {part.version} | {part.licence} |\n" for part in parts)
    yield f"## {title}\n\n| part | version | licence |\n| --- | --- | --- |\n{rows}"


def _licence_of_package(name: str) -> str:
    if name in POLICY["read"]:
        return str(POLICY["read"][name])
    try:
        told = metadata(name)
    except PackageNotFoundError as error:
        raise RuntimeError(f"{name} is locked and not installed; run scripts/setup") from error
    if expression := told["License-Expression"]:
        return str(expression)
    if known := _known(told["License"] or ""):
        return known
    classifiers = [
        each.rpartition(" :: ")[2]
        for each in told.get_all("Classifier") or []
        if each.startswith("License :: ") and each.count(" :: ") > 1
    ]
    return " AND ".join(sorted({_known(each) or each for each in classifiers}))


def _known(text: str) -> str:
    """An SPDX name for what metadata says; nothing where that is none, or a whole licence."""
    return text if text in POLICY["allowed"] else str(POLICY["spelled"].get(text, ""))


def _jar(path: Path) -> Part:
    folder = _REPOSITORY / path.parent
    artifact, version = path.parts[-3], path.parts[-2]
    told = _licences_of_pom(folder / f"{artifact}-{version}.pom")
    # Maven's poms list those that one may choose from.
    return Part(artifact, version, " OR ".join(_known(each) or each for each in told))


def _licences_of_pom(pom: Path) -> list[str]:
    """What a pom says, or its parent where it says nothing."""
    root = ET.fromstring(pom.read_bytes())  # noqa: S314 - Maven has read it before
    names = [str(each.text).strip() for each in root.iterfind("{*}licenses/{*}license/{*}name")]
    parent = root.find("{*}parent")
    if names or parent is None:
        return names
    group, artifact, version = (
        str(parent.findtext(f"{{*}}{tag}")).strip() for tag in ("groupId", "artifactId", "version")
    )
    folder = _REPOSITORY / group.replace(".", "/") / artifact / version
    return _licences_of_pom(folder / f"{artifact}-{version}.pom")
