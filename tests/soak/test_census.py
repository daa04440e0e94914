"""What counts as growth."""

from dataclasses import replace

import pytest

from tests.soak.census import Census, growths

CENSUS = Census(memory_mib=1000, threads=200, open_files=400, processes=12, lease_rows=30)


def growing(**more: float) -> set[str]:
    """What is told to grow where the last third of a run differs by so much."""
    later = replace(CENSUS, **{name: getattr(CENSUS, name) + by for name, by in more.items()})
    censuses = [CENSUS] * 6 + [later] * 3
    return {growth.name for growth in growths(censuses) if growth.is_growth}


def test_what_stays_as_it_is_does_not_grow() -> None:
    """Nor what becomes less."""
    assert growing() == set()
    assert growing(memory_mib=-500.0, lease_rows=-10.0) == set()


@pytest.mark.parametrize(
    ("name", "chance", "much"),
    [
        ("memory_mib", 100.0, 200.0),
        ("threads", 20.0, 50.0),
        ("open_files", 50.0, 100.0),
        ("processes", 2.0, 3.0),
        ("lease_rows", 4.0, 6.0),
    ],
)
def test_more_than_chance_is_growth(name: str, chance: float, much: float) -> None:
    """A busy machine differs by a little at any time."""
    assert growing(**{name: chance}) == set()
    assert growing(**{name: much}) == {name}


def test_one_moment_is_no_growth() -> None:
    """It is medians that are compared."""
    peak = replace(CENSUS, processes=30)
    censuses = [CENSUS] * 6 + [peak, CENSUS, CENSUS]

    assert not any(growth.is_growth for growth in growths(censuses))
