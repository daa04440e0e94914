"""The manifests for Kubernetes."""

from typing import Any

import yaml

from tests.deploy.stacks import DEPLOY

FOLDER = DEPLOY / "kubernetes"


def manifest(name: str) -> dict[str, Any]:
    """One of the manifests."""
    return dict(yaml.safe_load((FOLDER / f"{name}.yaml").read_text()))


def pod() -> dict[str, Any]:
    """What the StatefulSet makes each pod from."""
    return dict(manifest("statefulset")["spec"]["template"]["spec"])
