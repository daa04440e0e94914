"""Tests that share what takes long to make run in one process, however many there are."""

import pytest

pytestmark = pytest.mark.xdist_group("groups")


def test_a_groups_tests_are_known_to_belong_together(request: pytest.FixtureRequest) -> None:
    """Pytest-xdist says it by the end of their names; not so with a pytest that it doesn't fit."""
    is_spread = hasattr(request.config, "workerinput") and request.config.option.loadgroup

    assert request.node.nodeid.endswith("@groups") == is_spread
