"""What is shipped: every package and jar, as locked, with its licence by its own metadata."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

_ROOT = Path(__file__).parents[1]
POLICY: Mapping[str, Any] = tomllib.loads((_ROOT / "requirements" / "licences.toml").read_text())
"""What is allowed, and how it is spelled."""

JAVA_LICENCE = str(POLICY["other"]["OpenJDK 17 or newer (the Java runtime)"])
"""That of the Java runtime."""

_SUM = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_REPOSITORY = Path.home() / ".m2" / "repository"


@dataclass(frozen=True, slots=True)
class Part:
    """A package or a jar.

    Attributes:
        name: Its name; for a jar that of the artifact.
        version: Its version.
        licence: An expression of SPDX names; in other words where metadata says something unknown.
        group: A jar's group.
        sums: SHA-256 of the jar, or of each file that may be the package.
    """

    name: str
    version: str
    licence: str
    group: str = ""
    sums: tuple[str, ...] = ()

    @property
    def unlisted(self) -> list[str]:
        """The names in its licence that are not on the list."""
        names = [name.strip() for name in re.split(r"\bAND\b|\bOR\b|[()]", self.licence)]
        return [name for name in names if name and name not in POLICY["allowed"]] or (
            [] if self.licence else ["no licence"]
        )


def packages(lock: str) -> list[Part]:
    """The packages of a lock of requirements/."""
    text = (_ROOT / "requirements" / lock).read_text()
    found = re.findall(r"^([\w.-]+)==([\w.!+-]+)(.*(?:\n    --hash=.*)*)", text, re.MULTILINE)
    return [
        Part(name, version, _licence_of_package(name), sums=tuple(_SUM.findall(rest)))
        for name, version, rest in sorted(found)
    ]


def jars() -> list[Part]:
    """The jars of the daemon's lock."""
    lines = (_ROOT / "daemon" / "jars.sha256").read_text().splitlines()
    return [_jar(*line.split()) for line in lines]


def others() -> list[Part]:
    """What is neither package nor jar."""
    return [Part(name, "", licence) for name, licence in POLICY["other"].items()]


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


def _jar(digest: str, place: str) -> Part:
    *group, artifact, version, _file = place.split("/")
    folder = _REPOSITORY.joinpath(*group, artifact, version)
    told = _licences_of_pom(folder / f"{artifact}-{version}.pom")
    # Maven's poms list those that one may choose from.
    licence = " OR ".join(_known(each) or each for each in told)
    return Part(artifact, version, licence, ".".join(group), (digest,))


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
