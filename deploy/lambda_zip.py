"""Builds the zip of the Lambda function: the same bytes from the same sources, under 5 MB.

boto3 is not in it, since Lambda's runtime brings it; neither are compiled files, which only one
version of Python could use.
"""

import hashlib
import json
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from rich.console import Console

LIMIT = 5_000_000
"""The most bytes that the zip may have."""

_ROOT = Path(__file__).parents[1]
_LOCK = _ROOT / "requirements" / "lambda.txt"
_PLATFORMS = {"x86_64": "manylinux2014_x86_64", "arm64": "manylinux2014_aarch64"}
_PYTHONS = ("3.11", "3.12", "3.13", "3.14")
_MODULES = "import sys, consumer.function.start; print(*(m for m in sys.modules), sep='\\n')"
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Target:
    """What the zip is for.

    Attributes:
        architecture: The function's, as Lambda calls it.
        python: The version of its Python.
    """

    architecture: str = "x86_64"
    python: str = "3.13"

    @property
    def file(self) -> Path:
        """Where the zip goes unless told."""
        return _ROOT / "target" / "lambda" / f"stream-publisher-{self.architecture}.zip"


@dataclass(frozen=True, slots=True)
class Built:
    """What came out.

    Attributes:
        file: The zip.
        bytes: Its size.
        sha256: The sum of its bytes.
    """

    file: str
    bytes: int
    sha256: str


def build(target: Target, file: Path) -> Built:
    """Build the zip.

    Raises:
        CalledProcessError: A package can't be had.
    """
    content = dict(sorted({**_packages(target), **_own()}.items()))
    file.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in content.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.compress_type = 3, zipfile.ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, data)
    whole = file.read_bytes()
    return Built(str(file), len(whole), hashlib.sha256(whole).hexdigest())


def _packages(target: Target) -> Mapping[str, bytes]:
    """The locked packages, as wheels of the target's kind; without what only pip and types want."""
    with tempfile.TemporaryDirectory(prefix="lambda-zip-") as folder:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
        options = ["--require-hashes", "--only-binary=:all:", "--implementation", "cp"]
        kind = ["--platform", _PLATFORMS[target.architecture], "--python-version", target.python]
        place = ["--disable-pip-version-check", "--target", folder, "--requirement", str(_LOCK)]
        subprocess.run([*command, *options, *kind, *place], check=True)
        return dict(_files(Path(folder)))


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in folder.rglob("*"):
        name = file.relative_to(folder)
        about_it = name.parts[0].endswith(".dist-info")
        wanted = file.name == "METADATA" or "licenses" in name.parts or not about_it
        if file.is_file() and wanted and name.parts[0] != "bin" and file.suffix != ".pyi":
            yield str(name), file.read_bytes()


def _own() -> Mapping[str, bytes]:
    """The modules that the function imports, and its entry."""
    listed = subprocess.run(
        [sys.executable, "-c", _MODULES], cwd=_ROOT, capture_output=True, text=True, check=True
    )
    modules = [name for name in listed.stdout.split() if name.split(".")[0] == "consumer"]
    files = [_source(name) for name in [*modules, "consumer.function.entry"]]
    return {
        **{str(file.relative_to(_ROOT)): file.read_bytes() for file in files},
        "LICENSE": (_ROOT / "LICENSE").read_bytes(),
    }


def _source(module: str) -> Path:
    place = _ROOT.joinpath(*module.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


@click.command("lambda-zip", context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--architecture", type=click.Choice(list(_PLATFORMS)), default="x86_64", show_default=True
)
@click.option("--python", type=click.Choice(_PYTHONS), default="3.13", show_default=True)
@click.option(
    "--output", type=click.Path(path_type=Path), help="The file, if not in target/lambda."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def main(*, architecture: str, python: str, output: Path | None, as_json: bool) -> None:
    """Build the zip of the Lambda function.

    The same sources give the same bytes. The exit status is 1 where a package can't be had, or the
    zip is larger than 5 MB.

    \b
    Examples:
      scripts/lambda-zip
      scripts/lambda-zip --architecture arm64 --python 3.12
    """
    target = Target(architecture, python)
    try:
        with Console(stderr=True).status(f"The zip for {architecture}, Python {python}"):
            built = build(target, output or target.file)
    except subprocess.CalledProcessError:
        click.echo("a package can't be had; what pip says stands above", err=True)
        sys.exit(1)
    except OSError as error:
        click.echo(f"{error.filename}: can't be written: {error.strerror}", err=True)
        sys.exit(2)
    if as_json:
        click.echo(json.dumps(asdict(built)))
    else:
        click.echo(f"{built.file}: {built.bytes / 1e6:.2f} MB, sha256 {built.sha256}")
    if built.bytes > LIMIT:
        click.echo(f"{built.file}: is larger than {LIMIT / 1e6:.0f} MB", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
