"""What was measured, kept as one JSON file a scenario: documents and pictures are made from it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"


def place_of(scenario: str) -> Path:
    """Where a scenario's figures are kept."""
    return FOLDER / f"{scenario}.json"


def keep(measured: Mapping[str, Any], place: Path) -> None:
    """Write figures down."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(measured, indent=2, ensure_ascii=False) + "\n")


def kept(scenario: str) -> Mapping[str, Any]:
    """Read a scenario's figures; FileNotFoundError where it never ran."""
    return dict(json.loads(place_of(scenario).read_text()))
