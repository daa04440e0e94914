"""The rules of pyproject.toml that keep the rooms apart."""

import tomllib

import pytest
from grimp import ImportGraph
from importlinter.contracts.layers import LayersContract

from tests.places import ROOT
from tests.project.deciding_contract import DecidingContract

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
RULES = PROJECT["importlinter"]["contracts"]
DECIDING = next(rule for rule in RULES if rule["type"] == "deciding")


def test_every_branch_of_what_decides_is_covered() -> None:
    """Coverage counts the modules that decide, and no others."""
    assert sorted(PROJECT["coverage"]["run"]["include"]) == sorted(map(_path, DECIDING["deciding"]))


def _path(module: str) -> str:
    return module.replace(".", "/") + ("" if module.endswith("*") else ".py")


def test_a_room_that_no_rule_names_is_refused() -> None:
    """A new folder of the package needs a floor."""
    graph = ImportGraph()
    for name in ("consumer", "consumer.low", "consumer.high", "consumer.new"):
        graph.add_module(name)
    layers = {"layers": ["high", "low"], "containers": ["consumer"], "exhaustive": "true"}
    contract = LayersContract("Floors", {"root_packages": ["consumer"]}, layers)

    found = contract.check(graph, verbose=False)

    assert not found.kept
    assert all(rule["exhaustive"] for rule in RULES if rule["type"] == "layers")


CASES = (
    ("consumer.room.new", "decimal", "consumer.room.new imports no I/O: name it"),
    ("consumer.room.decides", "socket", "consumer.room.decides decides, and imports socket"),
    ("consumer.room.edge", "socket", "consumer.room.edge imports I/O: it needs no name"),
)


@pytest.mark.parametrize(("module", "imported", "said"), CASES)
def test_a_module_that_no_list_names_rightly_is_told(module: str, imported: str, said: str) -> None:
    """A new module that decides has to be named, and may not do I/O."""
    found = _contract().check(_graph(module, imported), verbose=False)

    assert [mistake.startswith(said) for mistake in found.metadata["mistakes"]] == [True]


def test_a_name_without_a_module_is_told() -> None:
    """A list that outlives its module checks nothing."""
    graph = _graph("consumer.room.io", "socket")
    graph.remove_module("consumer.room.edge")

    found = _contract().check(graph, verbose=False)

    (mistake,) = found.metadata["mistakes"]
    assert mistake == "consumer.room.edge is named in the contract, and is no module"


def _contract() -> DecidingContract:
    options = {
        "rooms": ["consumer.room"],
        "deciding": ["consumer.room.decides"],
        "edges": ["consumer.room.edge"],
        "allowed": ["decimal"],
    }
    return DecidingContract("Decides", {"root_packages": ["consumer"]}, options)


def _graph(module: str, imported: str) -> ImportGraph:
    graph = ImportGraph()
    rooms = {"consumer", "consumer.room", "consumer.room.decides", "consumer.room.edge", module}
    for name in rooms:
        graph.add_module(name)
    for name in ("decimal", "socket"):
        graph.add_module(name, is_squashed=True)
    graph.add_import(importer=module, imported=imported)
    return graph
