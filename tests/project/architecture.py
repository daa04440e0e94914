"""docs/architecture.md: its picture and its table are made from the code's own imports."""

import importlib
import tomllib
from collections.abc import Iterator

import grimp

from tests.places import ROOT

Edge = tuple[str, str]

HEAD = """\
# Architecture

```mermaid
flowchart LR
    table[(table)] --> stream[[stream: shards]]
    stream -- KCL and the streams adapter read --> daemon[daemon, Java]
    daemon -- a shim for each shard --> fork[fork server]
    fork -- forks --> processor[record processor]
    daemon <-- multilang protocol: records, checkpoints --> processor
    processor -- batches of ten --> topic[(SNS topic)]
    processor -. what can't be published .-> queue[(dead-letter queue)]
    processor -. what is too large .-> bucket[(bucket)]
    daemon -- leases, checkpoints --> leases[(lease table)]
    command[status, doctor, replay] -- look and write --> leases
    command -- read --> stream
    function[Lambda function] -- the same core --> topic
```

One change's way can be read downwards in one room, `publishing`. KCL hands a page of records to the
record processor of its shard as one line of JSON (`worker/kcl`). `publishing/records` reads each
record, `batches` collects ten, `split` and `messages` write a message that the topic takes,
`in_flight` says which messages may be sent side by side, and `delivery/sns` sends them. Between
the first two, `filtering/selection` decides whether a record is published, and what of it.
`publishing/processor` asks for a checkpoint once SNS has answered for a message and for all before
it; nobody else decides that. A worker, a Lambda function and a backfill each bring a checkpointer
of their own.

## Who knows whom

An arrow is an import; the picture leaves out an arrow where a longer path exists. Rules of the
linter (`lint-imports`) keep every arrow pointing down, keep the commands' rooms apart from each
other, and keep I/O and clocks out of `publishing` and of each room's modules that decide.

"""

TABLE = """
| room | what it is |
| --- | --- |
"""


def architecture_page() -> str:
    """Return the page."""
    rows = "".join(f"| `{part}` | {_purpose(part)} |\n" for part in _parts())
    return f"{HEAD}```mermaid\n{_picture()}```\n{TABLE}{rows}"


def _parts() -> Iterator[str]:
    """The rooms of the package, those that know most first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for layer in project["tool"]["importlinter"]["contracts"][0]["layers"]:
        yield from layer.replace("|", ":").replace(" ", "").split(":")


def _purpose(part: str) -> str:
    text = importlib.import_module(f"consumer.{part}").__doc__ or ""
    return " ".join(text.split("\n\n")[0].split())


def _picture() -> str:
    edges = _shown(_imports())
    return "flowchart TD\n" + "".join(f"    {one} --> {other}\n" for one, other in edges)


def _imports() -> set[Edge]:
    graph = grimp.build_graph("consumer", cache_dir=None)
    parts = set(_parts())
    found = {
        (module.split(".")[1], imported.split(".")[1])
        for module in graph.modules - {"consumer"}
        for imported in graph.find_modules_directly_imported_by(module) - {"consumer"}
    }
    return {(one, other) for one, other in found if one != other and {one, other} <= parts}


def _shown(edges: set[Edge]) -> list[Edge]:
    """Leave out an arrow that a longer way of arrows tells as well."""
    order = list(_parts())
    shown = [
        (one, other) for one, other in edges if not _reaches(edges - {(one, other)}, one, other)
    ]
    return sorted(shown, key=lambda edge: (order.index(edge[0]), order.index(edge[1])))


def _reaches(edges: set[Edge], start: str, end: str) -> bool:
    """Whether arrows lead from one part to another; they never lead in a circle."""
    nexts = {other for one, other in edges if one == start}
    return end in nexts or any(_reaches(edges, each, end) for each in nexts)
