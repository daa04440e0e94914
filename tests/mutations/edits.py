"""Changes of a syntax tree, found by what the code does rather than by how it is laid out.

Patterns are Python code. `...` in a pattern matches any expression; alone among arguments or in a
body, it matches whatever is there.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Edit = Callable[[ast.AST], int]
"""Changes what it finds below a node; returns how many places that were."""


def drop(statement: str) -> Edit:
    """Leave a statement out."""
    return swap(statement, "pass")


def after(statement: str, *more: str) -> Edit:
    """Do more after a statement, which the pattern gives in full."""
    return swap(statement, statement, *more)


def before(statement: str, *more: str) -> Edit:
    """Do more before a statement, which the pattern gives in full."""
    return swap(statement, *more, statement)


def swap(statement: str, *others: str) -> Edit:
    """Put other statements in a statement's place."""
    replacement = [_statement(other) for other in others]
    return lambda tree: _Change(_statement(statement), replacement).make(tree)


def change(expression: str, other: str, *, inside: str | None = None) -> Edit:
    """Put another expression in an expression's place.

    Args:
        expression: What stands there.
        other: What is to stand there.
        inside: Where: within a statement or an expression that this pattern matches.
    """

    def edit(tree: ast.AST) -> int:
        places = [tree] if inside is None else _matching(tree, inside)
        return sum(_Change(_expression(expression), _expression(other)).make(p) for p in places)

    return edit


def function(tree: ast.AST, name: str) -> ast.AST | None:
    """Return the class or function of this qualified name, such as `Verb.take`; None if none is."""
    place: ast.AST = tree
    for part in name.split("."):
        found = [
            node
            for node in ast.iter_child_nodes(place)
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == part
        ]
        if len(found) != 1:
            return None
        (place,) = found
    return place


@dataclass
class _Change(ast.NodeTransformer):
    """Puts something in the place of what a pattern matches."""

    pattern: ast.AST
    replacement: ast.AST | Sequence[ast.AST]
    count: int = field(default=0, init=False)

    def make(self, tree: ast.AST) -> int:
        """Change a tree; return in how many places."""
        self.visit(tree)
        return self.count

    def visit(self, node: ast.AST) -> ast.AST | Sequence[ast.AST]:
        if _matches(node, self.pattern):
            self.count += 1
            return self.replacement
        self.generic_visit(node)
        return node


def _statement(code: str) -> ast.AST:
    (statement,) = ast.parse(code).body
    return statement


def _expression(code: str) -> ast.AST:
    return ast.parse(code, mode="eval").body


def _matching(tree: ast.AST, code: str) -> list[ast.AST]:
    statement = _statement(code)
    pattern = statement.value if isinstance(statement, ast.Expr) else statement
    return [node for node in ast.walk(tree) if _matches(node, pattern)]


def _is_wildcard(pattern: object) -> bool:
    inner = pattern.value if isinstance(pattern, ast.Expr) else pattern
    return isinstance(inner, ast.Constant) and inner.value is ...


def _matches(node: object, pattern: object) -> bool:
    if _is_wildcard(pattern):
        return isinstance(node, ast.expr | ast.stmt)
    if isinstance(pattern, list):
        return isinstance(node, list) and _all_match(node, pattern)
    if not isinstance(pattern, ast.AST):
        return node == pattern
    return type(node) is type(pattern) and all(
        _matches(getattr(node, name, None), getattr(pattern, name, None))
        for name in pattern._fields
        if name not in {"ctx", "type_comment", "kind"}
    )


def _all_match(nodes: list[object], patterns: list[object]) -> bool:
    if len(patterns) == 1 and _is_wildcard(patterns[0]):
        return True
    return len(nodes) == len(patterns) and all(map(_matches, nodes, patterns))
