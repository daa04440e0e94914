"""The environment that a file gives the program."""

import shlex
from pathlib import Path

from tests.deploy.stacks import DEPLOY

EC2 = DEPLOY / "ec2" / "stream-publisher.env"
KUBERNETES = DEPLOY / "kubernetes" / "publisher.env"


def read(file: Path) -> dict[str, str]:
    """A file of variables, as systemd, kustomize and a shell read it."""
    lines = file.read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    return {name: shlex.split(value)[0] for name, value in (line.split("=", 1) for line in wanted)}


def uncommented(file: Path) -> dict[str, str]:
    """The same with what is commented out."""
    lines = file.read_text().splitlines()
    settings = [line.lstrip("#") for line in lines if "=" in line and " " not in line]
    return dict(line.split("=", 1) for line in settings)
