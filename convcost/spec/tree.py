"""YAML as the reader sees it: scalars, mappings and sequences that know where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.errors import Loc


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A value as written. ``quoted`` values are never null, never a trap.

    ``broken`` marks one whose mistake has been reported: whoever needs it stays silent.
    """

    text: str
    loc: Loc
    quoted: bool = False
    broken: bool = False

    @property
    def null(self) -> bool:
        """Whether it says nothing: ``~`` or an empty value."""
        return not self.quoted and self.text in {"", "~"}


@dataclass(frozen=True, slots=True, eq=False)
class Seq:
    """A list."""

    items: tuple[Tree, ...]
    loc: Loc


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """A mapping; keys are always text, each once, in the order of the file."""

    items: dict[str, Tree]
    keys: dict[str, Scalar]
    loc: Loc


Tree = Scalar | Seq | Map


def scalars(tree: Tree) -> Iterator[Scalar]:
    """Yield every value in a value, keys too."""
    if isinstance(tree, Scalar):
        yield tree
    elif isinstance(tree, Seq):
        for item in tree.items:
            yield from scalars(item)
    else:
        for key, value in tree.items.items():
            yield tree.keys[key]
            yield from scalars(value)


def describe(tree: Tree) -> str:
    """Return what a value is, for "expected a list, found …"."""
    if isinstance(tree, Map):
        return "a mapping"
    if isinstance(tree, Seq):
        return "a list"
    return "nothing" if tree.null else repr(tree.text)
