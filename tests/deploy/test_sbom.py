"""SBOMs name everything that is shipped, in CycloneDX's form."""

import functools
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cyclonedx.model.component import Component
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy.sbom import document, image_components, java_components, main, python_components
from tests.places import ROOT

MADE = datetime(2026, 1, 31, tzinfo=UTC)
CONTENTS = "deb\tlibc6\t2.36-9+deb12u10\tamd64\njava\topenjdk-17\t17.0.17+10-1\tamd64\n"
BUILT: Mapping[str, Callable[[], list[Component]]] = {
    "python": lambda: python_components("run.txt"),
    "lambda": lambda: python_components("lambda.txt"),
    "java": java_components,
    "image": lambda: image_components(CONTENTS),
}


def mistake(text: str) -> object:
    """What CycloneDX's own schema, which knows no further members, has against a document."""
    return JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)


@functools.cache
def sbom(what: str) -> dict[str, Any]:
    """An SBOM."""
    text = document(BUILT[what](), what, "0.1.0", MADE)
    assert mistake(text) is None
    return dict(json.loads(text))


def names(what: str) -> set[str]:
    """The packages that an SBOM names, as advisory databases name them."""
    return {component["purl"] for component in sbom(what)["components"]}


def test_the_schema_refuses_what_is_none() -> None:
    """So that what it takes means something."""
    text = document(java_components()[:1], "java", "0.1.0", MADE)

    assert mistake(text) is None
    assert mistake(text.replace('"components"', '"parts"')) is not None
    assert mistake(text.replace("urn:uuid:", "")) is not None


@pytest.mark.parametrize(("what", "lock"), [("python", "run.txt"), ("lambda", "lambda.txt")])
def test_every_locked_package_is_named_with_its_sums(what: str, lock: str) -> None:
    """Those of each file that pip may take for it."""
    text = (ROOT / "requirements" / lock).read_text()
    locked = re.findall(r"^([\w.-]+)==([^ ]+)", text, re.MULTILINE)
    found = sbom(what)["components"]
    package = next(component for component in found if component["name"] == "orjson")

    assert names(what) == {f"pkg:pypi/{name}@{version}" for name, version in locked}
    for digest in package["externalReferences"][0]["hashes"]:
        assert f"--hash=sha256:{digest['content']}" in text


def test_every_locked_jar_is_named_with_its_sum_and_licence() -> None:
    """Its group and name stand in its place in Maven's repository."""
    lines = (ROOT / "daemon" / "jars.sha256").read_text().splitlines()
    found = {component["purl"]: component for component in sbom("java")["components"]}
    netty = next(component for purl, component in found.items() if "io.netty/netty-codec@" in purl)

    assert len(found) == len(lines)
    for line in lines:
        digest, place = line.split()
        *group, name, version, _file = place.split("/")
        jar = found[f"pkg:maven/{'.'.join(group)}/{name}@{version}"]
        assert jar["hashes"] == [{"alg": "SHA-256", "content": digest}]
    assert netty["licenses"] == [{"expression": "Apache-2.0"}]


def test_the_image_has_all_of_it_and_the_java_runtime() -> None:
    """And packages of Debian."""
    purls = names("image")

    assert purls >= names("python") | names("java")
    assert {purl.partition("?")[0] for purl in purls - names("python") - names("java")} == {
        "pkg:deb/debian/libc6@2.36-9%2Bdeb12u10",
        "pkg:deb/debian/openjdk-17@17.0.17%2B10-1",
    }


def test_a_release_has_one_for_each_part_and_the_same_bytes_each_time(tmp_path: Path) -> None:
    """The image's where its contents are known."""
    (tmp_path / "contents").write_text(CONTENTS)
    options = ["--output", str(tmp_path), "--version", "0.1.0", "--made", "1700000000"]
    texts = []
    for _ in range(2):
        done = CliRunner().invoke(main, [*options, "--contents", str(tmp_path / "contents")])
        assert done.exit_code == 0, done.output
        files = sorted(tmp_path.glob("*.cdx.json"))
        texts.append([file.read_text() for file in files])

    assert [file.name.partition("-")[0] for file in files] == sorted(BUILT)
    assert texts[0] == texts[1]
