"""A contract of import-linter's for modules that decide: they import nothing but what is allowed.

import-linter itself can only forbid modules by name, and a list of everything that does I/O or asks
a clock is never whole.
"""

from collections.abc import Iterator
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class DecidingContract(Contract):
    """Each module of the rooms decides, or does I/O; one that decides imports no I/O.

    Options of the contract, in pyproject.toml:
        rooms: The packages whose modules are looked at.
        deciding: The modules that decide. `package.*` means each module of the package.
        allowed: The modules outside the project which they may import. They may import each other.
        edges: Modules that import nothing but what is allowed, and yet do I/O, through an object
            that they are given.
    """

    rooms = fields.ListField(subfield=fields.StringField())
    deciding = fields.ListField(subfield=fields.StringField())
    allowed = fields.ListField(subfield=fields.StringField())
    edges = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001
        """Find what is imported that is not allowed, and modules that no list names rightly."""
        mistakes = [*self._unknown(graph), *self._imports(graph), *self._unnamed(graph)]
        return ContractCheck(kept=not mistakes, metadata={"mistakes": mistakes})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print a line for each mistake."""
        for mistake in check.metadata["mistakes"]:
            output.print_error(f"- {mistake}", bold=False)

    def _unknown(self, graph: ImportGraph) -> Iterator[str]:
        for name in (*_names(self.rooms), *_names(self.deciding), *_names(self.edges)):
            if name.removesuffix(".*") not in graph.modules:
                yield f"{name} is named in the contract, and is no module"

    def _imports(self, graph: ImportGraph) -> Iterator[str]:
        for module in sorted(self._decide(graph)):
            for imported in sorted(self._forbidden(module, graph)):
                yield f"{module} decides, and imports {imported}, which is not allowed"

    def _unnamed(self, graph: ImportGraph) -> Iterator[str]:
        decide = self._decide(graph)
        for module in sorted(self._modules(graph) - decide):
            is_edge = module in _names(self.edges)
            does_io = bool(self._forbidden(module, graph))
            if not is_edge and not does_io:
                yield f"{module} imports no I/O: name it, as deciding or as an edge"
            if is_edge and does_io:
                yield f"{module} imports I/O: it needs no name among the edges"

    def _forbidden(self, module: str, graph: ImportGraph) -> set[str]:
        imported = graph.find_modules_directly_imported_by(module)
        return imported - set(_names(self.allowed)) - self._decide(graph)

    def _decide(self, graph: ImportGraph) -> set[str]:
        found: set[str] = set()
        for name in _names(self.deciding):
            package = name.removesuffix(".*")
            found |= graph.find_children(package) if name.endswith(".*") else {name}
        return found & graph.modules

    def _modules(self, graph: ImportGraph) -> set[str]:
        return {module for room in _names(self.rooms) for module in graph.find_children(room)}


def _names(option: fields.ListField | None) -> list[str]:
    """Return an option's value: a field of the class, and a list once a contract is made."""
    return cast("list[str]", option or [])
