"""What a line reads: the names in ``from:`` and ``like:``, looked up among the lines before it."""

from __future__ import annotations

from itertools import count, takewhile
from typing import TYPE_CHECKING

from convcost.errors import closest, did_you_mean
from convcost.spec.log import Reported
from convcost.spec.names import join
from convcost.spec.tree import Seq
from convcost.spec.values import word

if TYPE_CHECKING:
    from convcost.errors import Loc
    from convcost.spec.context import Context
    from convcost.spec.log import Log
    from convcost.spec.names import Names, Output
    from convcost.spec.syntax import Document, Line
    from convcost.spec.tree import Tree

ALL = ".*"
"""Behind a repeated line's name: all its repetitions."""


class Sources:
    """Looks names up; one that is none is reported."""

    def __init__(self, document: Document, names: Names, log: Log) -> None:
        self.document = document
        self.names = names
        self.log = log

    def entering(self, line: Line, at: Context, tensor: Output) -> list[Output]:
        """Return the tensors a line reads: those of ``from:``, else the previous one."""
        if "from" not in line.common:
            return [tensor]
        items = _items(line.common["from"])
        try:
            if not items:
                raise self.log.add("CC308", "from: is empty", line.common["from"].loc)
            return [found for item in items for found in self.each(item, at, line)]
        except Reported:
            return [tensor.guess] * max(len(items), 1)

    def left_out(self, line: Line, at: Context) -> bool:
        """Whether a line reads one that was left out."""
        items = _items(line.common["from"]) if "from" in line.common else ()
        return any(self._skipped(word(item, at.scope(None), self.log, "from"), at) for item in items)

    def each(self, tree: Tree, at: Context, line: Line) -> list[Output]:
        """Return the tensors that one entry of ``from:`` means: one, or every repetition."""
        name = word(tree, at.scope(None), self.log, "from")
        if name.endswith(ALL):
            return self._repetitions(name.removesuffix(ALL), tree, at)
        return [self._named(name, tree, at, line)]

    def tensor(self, tree: Tree, at: Context, line: Line) -> Output:
        """Return the tensor a name means."""
        return self._named(word(tree, at.scope(None), self.log, "from"), tree, at, line)

    def _repetitions(self, name: str, tree: Tree, at: Context) -> list[Output]:
        """Return the output of each repetition of a line, in order."""
        level = self.names.path_of(at.prefix, f"{name}.0").removesuffix(".0")
        found = [*takewhile(bool, (self.names.tensors.get(f"{level}.{number}") for number in count()))]
        if self.names.may_exist(at.prefix, f"{name}.0"):
            raise Reported
        if found:
            return [tensor for tensor in found if tensor is not None]
        if self._skipped(name, at):
            raise self.log.add("CC308", _LEFT_OUT.format(name), tree.loc)
        hint = "name a line with repeat:, and .* means all its repetitions"
        raise self.log.add("CC308", f"there is no earlier repeated line {name!r}", tree.loc, hint)

    def _named(self, name: str, tree: Tree, at: Context, line: Line) -> Output:
        """Return the tensor of a name: in its own scope, then outward."""
        found = self.names.find(at.prefix, name)
        if found is not None:
            return found
        if self._skipped(name, at):
            raise self.log.add("CC308", _LEFT_OUT.format(name), tree.loc)
        if self.names.may_exist(at.prefix, name):
            raise Reported
        if name == line.name:
            raise self.log.add("CC308", f"{name!r} reads itself", tree.loc)
        later = self._later(name)
        hint = f"it comes later, at line {later.line}" if later else None
        hint = hint or did_you_mean(closest(name, self.names.known(at.prefix, name)))
        raise self.log.add("CC308", f"there is no earlier layer {name!r}", tree.loc, hint)

    def _skipped(self, name: str, at: Context) -> bool:
        names = {join(at.prefix, name), name}
        return self.names.find(at.prefix, name) is None and not names.isdisjoint(self.names.skipped)

    def _later(self, name: str) -> Loc | None:
        """Return where a name is given further down, if it is."""
        return next((line.common["name"].loc for line in self.document.lines if line.name == name), None)


_LEFT_OUT = "{!r} was left out by when: or repeat: 0"


def _items(given: Tree) -> tuple[Tree, ...]:
    return given.items if isinstance(given, Seq) else (given,)
