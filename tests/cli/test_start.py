"""What is asked for often starts fast: it imports no more than it needs."""

from collections.abc import Mapping, Sequence

import pytest

from benchmarks.commands import HEAVY, LIGHT, imported


@pytest.mark.parametrize(("arguments", "environ"), LIGHT.values(), ids=list(LIGHT))
def test_a_light_command_imports_no_heavy_package(
    arguments: Sequence[str], environ: Mapping[str, str]
) -> None:
    """Help, a shell's completion and `health` do without AWS's SDK and rich."""
    packages = imported(arguments, environ)

    assert "click" in packages
    assert packages & set(HEAVY) == set()
