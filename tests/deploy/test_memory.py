"""How much memory a worker is given: one rule, wherever it stands, and the measured figure fits."""

import re

import pytest

from tests.deploy.manifests import pod
from tests.places import ROOT

PLACES = [
    "deploy/ecs.yaml",
    "deploy/ec2/stream-publisher.service",
    "deploy/kubernetes/statefulset.yaml",
    "docs/container.md",
    "docs/deploy.md",
    "docs/settings.md",
]
BASE, SHARD, ALONE = 512, 20, 45
RULE = re.compile(r"(\d+)(?: MB| MiB)?,? and (\d+)(?: MB)? for each")
BYTES_OF_A_MIB = 1024 * 1024


@pytest.mark.parametrize("place", PLACES)
def test_the_rule_is_the_same_everywhere(place: str) -> None:
    """512 MB, and 20 for each shard."""
    text = (ROOT / place).read_text()
    said = {(int(base), int(shard)) for base, shard in RULE.findall(text)}

    assert said == {(BASE, SHARD)} or f"record processors, of {SHARD} MB each, {ALONE} MB" in text


def test_a_record_processor_takes_no_more_than_the_rule_gives_it() -> None:
    """As it was measured last."""
    page = (ROOT / "docs" / "speed.md").read_text()
    (mib,) = re.findall(r"^\| a further record processor \(MiB\) \| ([\d.]+)", page, re.MULTILINE)

    assert float(mib) * BYTES_OF_A_MIB <= SHARD * 1_000_000


def test_the_pages_shards_follow_from_the_memory_that_is_given() -> None:
    """Of a pod, of a task and of the unit."""
    page = (ROOT / "docs" / "deploy.md").read_text()
    (container,) = pod()["containers"]
    limit = int(container["resources"]["limits"]["memory"].removesuffix("Mi"))

    assert (limit - BASE) // SHARD == 12
    assert f"{limit} MiB holds twelve shards" in page
    assert (1024 - BASE) // SHARD == 25
    assert "so that 1 GB holds twenty-five" in page
