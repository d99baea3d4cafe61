"""The names of layers: numbered where none is given, found outward, never given twice."""

from __future__ import annotations

from itertools import accumulate, chain, islice
from typing import TYPE_CHECKING, NamedTuple

from convcost.spec.syntax import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.errors import Loc
    from convcost.ir import Shape
    from convcost.spec.log import Log
    from convcost.spec.syntax import Line


_ALIKE = 4  # letters more or less, for a suggestion
_MOST_ALIKE = 200  # each takes difflib a tenth of a millisecond


class Output(NamedTuple):
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
    def guess(self) -> Output:
        """The same tensor, nothing of its shape being sure."""
        return self._replace(channels=False, sizes=False)


def join(prefix: str, name: str) -> str:
    """Return a dotted path."""
    return f"{prefix}.{name}" if prefix else name


def given_names(lines: tuple[Line, ...], level: str = "") -> Iterator[tuple[str, str]]:
    """Yield (level, name) of the names given in a scope and in what lies open in it.

    Containers that are neither named nor repeated make no level: a residual's body lies in
    the scope itself, branches under their keys.
    """
    for line in lines:
        if line.name:
            yield from _levels(level, line.name)
        elif "repeat" not in line.common:
            yield from given_names(line.body, level)
            if isinstance(line.shortcut, tuple):
                yield from given_names(line.shortcut, join(level, "shortcut"))
            for key, inner in line.branches:
                yield from _levels(level, key)
                yield from given_names(inner, join(level, key))


def _levels(level: str, name: str) -> Iterator[tuple[str, str]]:
    for part in name.split("."):
        yield level, part
        level = join(level, part)


class Names:
    """What has been named so far in the whole network."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.tensors: dict[str, Output] = {}
        self.skipped: set[str] = set()
        self._leaves: dict[str, Loc] = {}
        self._levels: dict[str, Loc] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self._given: dict[str, set[str]] = {}
        self._given_in: dict[int, tuple[tuple[str, str], ...]] = {}
        self._twice: set[str] = set()
        self._lines: dict[str, Loc] = {}
        self._cut: set[str] = set()
        self._unknown = False

    def enter(self, prefix: str, lines: tuple[Line, ...]) -> None:
        """Learn which names are given in a scope, so that numbering avoids them."""
        found = self._given_in.get(id(lines))
        if found is None:
            found = self._given_in[id(lines)] = tuple(dict.fromkeys(given_names(lines)))
        for level, name in found:
            self._given.setdefault(join(prefix, level) if level else prefix, set()).add(name)

    def number(self, prefix: str, op: str) -> str:
        """Return the path of the next unnamed line of an op: ``conv1``, ``relu6_1``."""
        self._unknown |= op == UNKNOWN
        given = self._given.get(prefix, ())
        separator = "_" if op[-1:].isdigit() else ""
        count = self._counts.get((prefix, op), 0) + 1
        while f"{op}{separator}{count}" in given:
            count += 1
        self._counts[prefix, op] = count
        return join(prefix, f"{op}{separator}{count}")

    def claim(self, path: str, loc: Loc) -> None:
        """Take a given name for a line; taking it twice is an error."""
        if path in self._lines:
            first = self._lines[path]
            note = f"first given at line {first.line}, column {first.column}"
            self.log.add("CC307", f"duplicate name {path!r}", loc, notes=(note,))
            self._twice.add(path)
        self._lines[path] = loc

    def leaf(self, path: str, loc: Loc) -> None:
        """Take a path for a node; a level or another node may not have it."""
        if path in self._leaves or path in self._levels:
            first = self._leaves.get(path) or self._levels[path]
            what = "layer" if path in self._leaves else "level"
            note = f"the other one is at line {first.line}, column {first.column}"
            if not self._under_twice(path):
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

    def _under_twice(self, path: str) -> bool:
        """Whether a path lies in a line whose name was reported as given twice."""
        return any(path == name or path.startswith(f"{name}.") for name in self._twice)

    def find(self, prefix: str, name: str) -> Output | None:
        """Return the tensor a name means."""
        return self.tensors.get(self.path_of(prefix, name))

    def path_of(self, prefix: str, name: str) -> str:
        """Return the path a name means: in its own scope, then outward; else the name."""
        while prefix and join(prefix, name) not in self.tensors:
            prefix = prefix.rpartition(".")[0]
        return join(prefix, name)

    def cut(self, path: str) -> None:
        """Remember that a line's repetitions were not all made: what they are called is unknown."""
        self._cut.add(path)

    def may_exist(self, prefix: str, name: str) -> bool:
        """Whether a name could be that of a repetition not made, or of a line whose op is unknown."""
        if self._unknown and name[-1:].isdigit():
            return True
        scopes = accumulate(prefix.split("."), join, initial="") if self._cut else ()
        said = [join(scope, name) for scope in scopes]
        return any(path.startswith(f"{cut}.") for path in said for cut in self._cut)

    def known(self, prefix: str, word: str) -> list[str]:
        """Return the names that can be said from a scope and look like a word, for suggestions."""
        inner = f"{prefix}." if prefix else ""
        local = (name[len(inner) :] for name in self.tensors if inner and name.startswith(inner))
        alike = (name for name in chain(local, self.tensors) if abs(len(name) - len(word)) < _ALIKE)
        return list(islice(alike, _MOST_ALIKE))
