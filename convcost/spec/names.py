"""The names of layers: numbered where none is given, found outward, never given twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.spec.document import RESIDUAL

if TYPE_CHECKING:
    from convcost.errors import Loc
    from convcost.ir import Shape
    from convcost.spec.document import Line
    from convcost.spec.log import Log


class Tensor(NamedTuple):
    """A node's output while the graph is built.

    After a reported mistake ``channels`` or ``sizes`` is False: that part of the shape is a
    guess, from which nothing may be concluded.
    """

    name: str
    shape: Shape
    channels: bool = True
    sizes: bool = True

    @property
    def sure(self) -> bool:
        """Whether the whole shape is what the spec means."""
        return self.channels and self.sizes

    @property
    def guess(self) -> Tensor:
        """The same tensor, nothing of its shape being sure."""
        return self._replace(channels=False, sizes=False)


def join(prefix: str, name: str) -> str:
    """Return a dotted path."""
    return f"{prefix}.{name}" if prefix else name


def given_names(lines: tuple[Line, ...]) -> set[str]:
    """Return the first levels of the names given in one scope; a residual's body is in it."""
    found = {line.name.split(".")[0] for line in lines if line.name}
    for line in lines:
        if line.op.text == RESIDUAL and not line.name and "repeat" not in line.common:
            found |= given_names(line.body)
    return found


class Names:
    """What has been named so far in the whole network."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.tensors: dict[str, Tensor] = {}
        self.skipped: set[str] = set()
        self._leaves: dict[str, Loc] = {}
        self._levels: dict[str, Loc] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self._given: dict[str, set[str]] = {}
        self._lines: dict[str, Loc] = {}

    def enter(self, prefix: str, lines: tuple[Line, ...]) -> None:
        """Learn which names are given in a scope, so that numbering avoids them."""
        self._given.setdefault(prefix, set()).update(given_names(lines))

    def number(self, prefix: str, op: str) -> str:
        """Return the path of the next unnamed line of an op: ``conv1``, ``relu6_1``."""
        given = self._given.get(prefix, ())
        separator = "_" if op[-1:].isdigit() else ""
        count = self._counts.get((prefix, op), 0) + 1
        while f"{op}{separator}{count}" in given:
            count += 1
        self._counts[prefix, op] = count
        return join(prefix, f"{op}{separator}{count}")

    def claim(self, path: str, loc: Loc) -> None:
        """Take a given name for a line; taking it twice is an error."""
        if path in self._lines and path not in self.skipped:
            first = self._lines[path]
            note = f"first given at line {first.line}, column {first.column}"
            self.log.add("CC307", f"the name {path!r} is given twice", loc, notes=(note,))
        self._lines[path] = loc

    def leaf(self, path: str, loc: Loc) -> str:
        """Take a path for a node and return it; a level or another node may not have it."""
        if path in self._leaves or path in self._levels:
            first = self._leaves.get(path) or self._levels[path]
            what = "layer" if path in self._leaves else "level"
            note = f"the other one is at line {first.line}, column {first.column}"
            self.log.add("CC307", f"{path!r} is already the name of a {what}", loc, notes=(note,))
        self._leaves[path] = loc
        level = path.rpartition(".")[0]
        while level and level not in self._levels:
            if level in self._leaves:
                first = self._leaves[level]
                note = f"the layer is at line {first.line}, column {first.column}"
                self.log.add("CC307", f"{level!r} is both a layer and a level", loc, notes=(note,))
            self._levels[level] = loc
            level = level.rpartition(".")[0]
        return path

    def find(self, prefix: str, name: str) -> Tensor | None:
        """Return the tensor a name means: in its own scope, then outward."""
        while True:
            found = self.tensors.get(join(prefix, name))
            if found or not prefix:
                return found
            prefix = prefix.rpartition(".")[0]

    def known(self, prefix: str) -> list[str]:
        """Return the names that can be said from a scope, for suggestions."""
        inner = f"{prefix}." if prefix else ""
        local = [name[len(inner) :] for name in self.tensors if inner and name.startswith(inner)]
        return [*local, *self.tensors]
