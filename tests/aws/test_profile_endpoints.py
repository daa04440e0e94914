"""The endpoints that a profile names are found as botocore finds them."""

from pathlib import Path

import pytest

from consumer.aws.profile_endpoints import profile_endpoints

FILE = """
[profile emulator]
endpoint_url = http://emulator:4566
services = emulated

[services emulated]
dynamodb =
  endpoint_url = http://emulator:8000
s3 =
  addressing_style = path
sns = nothing

[profile plain]
region = eu-west-1
"""


@pytest.fixture(autouse=True)
def _file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text(FILE)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


def test_each_endpoint_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The profile's own, and those of single services."""
    monkeypatch.setenv("AWS_PROFILE", "emulator")

    assert profile_endpoints() == {
        "endpoint_url of the profile": "http://emulator:4566",
        "endpoint_url of the profile's dynamodb": "http://emulator:8000",
    }


@pytest.mark.parametrize("name", ["plain", "unknown"])
def test_without_any_there_is_none(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor in a profile that isn't there, which is told when credentials are looked for."""
    monkeypatch.setenv("AWS_PROFILE", name)

    assert profile_endpoints() == {}
