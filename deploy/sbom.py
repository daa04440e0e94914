"""Says what a release is made of, in CycloneDX's form: packages, jars, and everything in the image.

Locks say what is in it and with which sums; the image says which packages of Debian it has.
"""

import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    XsUri,
)
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from deploy.licences import JAVA_LICENCE, Part, jars, packages

_NAME = "dynamodb-stream-publisher"
_LICENCE = "Apache-2.0"
_DISTRIBUTION = "debian-12"


def python_components(lock: str) -> list[Component]:
    """Return the packages of a lock of requirements/."""
    return [_package(part) for part in packages(lock)]


def java_components() -> list[Component]:
    """Return the daemon's jars."""
    return [_jar(part) for part in jars()]


def image_components(contents: str) -> list[Component]:
    """Return everything in the image.

    Args:
        contents: What `scripts/image --contents` wrote of it: for each package of Debian `deb`, its
            name, version and architecture, and for the Java runtime `java` and the same of the
            source package that it is made from; with a tab between two words.
    """
    found = [_from_debian(*line.split("\t")) for line in contents.splitlines()]
    return [*found, *python_components("run.txt"), *java_components()]


def document(components: Iterable[Component], what: str, version: str, made: datetime) -> str:
    """Return an SBOM as JSON: the same text for the same components.

    Args:
        components: What is in it.
        what: What of the release it is about, such as `image`.
        version: The release's.
        made: When.
    """
    found = list(components)
    names = " ".join(str(component.bom_ref) for component in found)
    release = Component(
        name=f"{_NAME}-{what}",
        version=version,
        type=ComponentType.CONTAINER if what == "image" else ComponentType.APPLICATION,
        bom_ref=f"{_NAME}-{what}@{version}",
        licenses=[LicenseExpression(_LICENCE)],
    )
    bom = Bom(
        components=found,
        serial_number=uuid.uuid5(uuid.NAMESPACE_OID, f"{release.bom_ref} {made} {names}"),
        metadata=BomMetaData(component=release, timestamp=made),
    )
    bom.register_dependency(release, found)
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _package(part: Part) -> Component:
    purl = PackageURL("pypi", None, part.name, part.version)
    # The lock has the sum of each file that may be the package.
    files = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION, url=XsUri(str(purl)), hashes=_hashes(part)
    )
    return _library(part, purl, external_references=[files])


def _jar(part: Part) -> Component:
    purl = PackageURL("maven", part.group, part.name, part.version)
    return _library(part, purl, group=part.group, hashes=_hashes(part))


def _library(part: Part, purl: PackageURL, **more: object) -> Component:
    return Component(
        name=part.name,
        version=part.version,
        type=ComponentType.LIBRARY,
        bom_ref=str(purl),
        purl=purl,
        licenses=[LicenseExpression(part.licence)],
        **more,  # type: ignore[arg-type] # what a package or a jar has beside
    )


def _hashes(part: Part) -> list[HashType]:
    return [HashType(alg=HashAlgorithm.SHA_256, content=each) for each in part.sums]


def _from_debian(kind: str, name: str, version: str, architecture: str) -> Component:
    place = {"arch": architecture, "distro": _DISTRIBUTION}
    purl = PackageURL("deb", "debian", name, version, place)
    is_java = kind == "java"
    return Component(
        name=name,
        version=version,
        type=ComponentType.PLATFORM if is_java else ComponentType.LIBRARY,
        bom_ref=str(purl),
        purl=purl,
        licenses=[LicenseExpression(JAVA_LICENCE)] if is_java else [],
    )


def _documents(contents: Path | None) -> Iterator[tuple[str, list[Component]]]:
    yield "python", python_components("run.txt")
    yield "lambda", python_components("lambda.txt")
    yield "java", java_components()
    if contents:
        yield "image", image_components(contents.read_text())


@click.command()
@click.option("--output", type=click.Path(path_type=Path), required=True, help="The folder.")
@click.option("--version", required=True, help="The release's.")
@click.option("--contents", type=click.Path(path_type=Path), help="What scripts/image wrote.")
@click.option("--made", type=int, required=True, envvar="SOURCE_DATE_EPOCH", help="Unix seconds.")
def main(output: Path, version: str, contents: Path | None, made: int) -> None:
    """Write an SBOM for packages, function and jars, and for the image where its contents are."""
    for what, components in _documents(contents):
        text = document(components, what, version, datetime.fromtimestamp(made, UTC))
        (output / f"{what}-{version}.cdx.json").write_text(text)


if __name__ == "__main__":
    main()
