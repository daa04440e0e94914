"""What is left of an item: some attributes, or all but some, and hashes in the place of others."""

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from consumer.filtering.canonical import canonical
from consumer.filtering.paths import Path
from consumer.publishing.records import Image

_Tree = Mapping[str, "_Tree"]
"""Paths by their names; an empty one ends a path."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Puts keyed hashes in the place of attributes.

    Attributes:
        paths: The attributes.
        key: The key. Who doesn't have it can neither read a hash nor try values out.
    """

    paths: tuple[Path, ...]
    key: bytes

    def __repr__(self) -> str:
        return f"Mask({self.paths})"

    def hash(self, attribute: object) -> dict[str, str]:
        """Return the hash of an attribute: HMAC-SHA256 of its canonical JSON, as a text."""
        return {"S": hmac.digest(self.key, canonical(attribute), "sha256").hex()}


class Projection:
    """What is left of images and keys.

    Args:
        include: The only attributes that stay, if any are named.
        exclude: Attributes that go.
        mask: Hashes that stand for attributes; None without any.

    The attributes of an item's key stay, whatever is named; a mask holds for them, too.

    Attributes:
        is_all: Whether everything is left as it is.
    """

    def __init__(
        self, include: Iterable[Path] = (), exclude: Iterable[Path] = (), mask: Mask | None = None
    ) -> None:
        self._include, self._exclude = _tree(include), _tree(exclude)
        self._mask, self._masked = mask, _tree(mask.paths if mask else ())
        self.is_all = not (self._include or self._exclude or mask)

    def visible(self, image: Image, keys: Image) -> Image:
        """Return an image without what goes; nothing is masked yet."""
        left = _included(image, self._include) if self._include else image
        left = _changed(left, self._exclude, _gone) if self._exclude else left
        if left is image:
            return image
        return {**left, **{name: image[name] for name in keys if name in image}}

    def masked(self, image: Image) -> Image:
        """Return an image, or an item's keys, with hashes in place of what is masked."""
        return _changed(image, self._masked, self._mask.hash) if self._mask else image


def _tree(paths: Iterable[Path]) -> _Tree:
    """Return paths by their names; where one path begins another, the shorter one counts."""
    tree: dict[str, Any] = {}
    for path in sorted(paths, key=len, reverse=True):
        *parents, last = path
        branch = tree
        for name in parents:
            branch = branch.setdefault(name, {})
        branch[last] = {}
    return tree


def _included(image: Mapping[str, Any], tree: _Tree) -> dict[str, Any]:
    """Return only what is named; a map or a list in which nothing is named goes."""
    left: dict[str, Any] = {}
    for name, attribute in image.items():
        if name in tree:
            below = tree[name]
            kept = _inside(attribute, below) if below else attribute
            if kept is not None:
                left[name] = kept
    return left


def _inside(attribute: object, tree: _Tree) -> dict[str, Any] | None:
    match attribute:
        case {"M": dict() as members}:
            kept = _included(members, tree)
            return {"M": kept} if kept else None
        case {"L": list() as members}:
            found = [each for member in members if (each := _inside(member, tree)) is not None]
            return {"L": found} if found else None
    return None


def _gone(_attribute: object) -> None:
    """Return nothing: the attribute goes."""


_Change = Callable[[object], dict[str, str] | None]
"""Returns what stands in an attribute's place; None where it goes."""


def _changed(image: Mapping[str, Any], tree: _Tree, change: _Change) -> dict[str, Any]:
    """Return an image with something else in the place of what is named."""
    left: dict[str, Any] = {}
    for name, attribute in image.items():
        below = tree.get(name)
        if below is None:
            left[name] = attribute
        elif below:
            left[name] = _changed_inside(attribute, below, change)
        elif (changed := change(attribute)) is not None:
            left[name] = changed
    return left


def _changed_inside(attribute: object, tree: _Tree, change: _Change) -> object:
    match attribute:
        case {"M": dict() as members}:
            return {"M": _changed(members, tree, change)}
        case {"L": list() as members}:
            return {"L": [_changed_inside(member, tree, change) for member in members]}
    return attribute
