"""How many layers a document has at least, counted before any is expanded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.errors import SpecError
from convcost.spec.log import Log, Reported
from convcost.spec.nodes import MAX_LAYERS, too_many
from convcost.spec.syntax import MAX_LEVELS, NONE, PROJECT, RESIDUAL, UNKNOWN
from convcost.spec.tree import Scalar
from convcost.spec.values import BROKEN, Scope, boolean, evaluate, untyped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcost.spec.arithmetic import Value
    from convcost.spec.syntax import Document, Line
    from convcost.spec.tree import Tree

MOST_LOOKS = 20_000  # a document whose blocks never agree in their arguments is counted as it expands


def check_count(document: Document, names: Mapping[str, Value], log: Log) -> None:
    """Raise SpecError where the layers are more than a network may have.

    What depends on shapes counts as nothing: the count is a lower bound.
    """
    counter = _Counter(document, names)
    total = 0
    for line in document.lines:
        total += counter.line(line, names, 0)
        if total > MAX_LAYERS:
            too_many(log, line.loc)


class _Counter:
    """Counts lines; a block with the same arguments is counted once."""

    def __init__(self, document: Document, names: Mapping[str, Value]) -> None:
        self.document = document
        self.vars = names
        self.known: dict[object, int] = {}
        self.looks = 0

    def lines(self, lines: tuple[Line, ...], names: Mapping[str, Value], depth: int) -> int:
        return sum([self.line(line, names, depth) for line in lines])

    def line(self, line: Line, names: Mapping[str, Value], depth: int) -> int:
        """Count a line: its repetitions times what it holds, at least one each to go through them."""
        self.looks += 1
        if self.looks > MOST_LOOKS or depth > MAX_LEVELS:
            return 0
        times = self.times(line, names)
        if not times:
            return 0
        return times * max(self.inside(line, names, depth), "repeat" in line.common)

    def times(self, line: Line, names: Mapping[str, Value]) -> int:
        """Return how often a line certainly stands: 0 where that depends on shapes."""
        try:
            if "when" in line.common and not boolean(line.common["when"], Scope(names), Log(), "when"):
                return 0
            given = line.common.get("repeat")
            times = 1 if given is None else evaluate(given, Scope(names), Log())
        except Reported:
            return 0
        return times if type(times) is int and times > 0 else 0

    def inside(self, line: Line, names: Mapping[str, Value], depth: int) -> int:
        """Count what one repetition holds."""
        if line.op.text in self.document.blocks or line.op.text.startswith("$"):
            return self.block(line, names, depth)
        shortcut = line.shortcut if isinstance(line.shortcut, tuple) else ()
        held = [*(lines for _, lines in line.branches), line.body, shortcut]
        return self.own(line) + sum([self.lines(lines, names, depth + 1) for lines in held])

    def own(self, line: Line) -> int:
        """Count a line's own layers: its op, norm and act, where they certainly stand."""
        if line.op.text in {PROJECT, NONE, UNKNOWN}:
            return 0
        if line.op.text == RESIDUAL:
            word = line.shortcut.text if isinstance(line.shortcut, Scalar) else "identity"
            return int(word in {"identity", PROJECT} or isinstance(line.shortcut, tuple))
        extras = [line.fields.items.get(key) for key in ("norm", "act")]
        return 1 + sum(
            isinstance(t, Scalar) and not t.text.startswith("$") and t.text != NONE for t in extras
        )

    def block(self, line: Line, names: Mapping[str, Value], depth: int) -> int:
        """Count a block's lines for these arguments."""
        name = line.op.text
        if name.startswith("$"):
            name = str(names.get(name[1:], ""))
        block = self.document.blocks.get(name)
        if block is None:
            return 1
        args = {key: self.value(line.fields.items.get(key, tree), names) for key, tree in block.args.items()}
        key = (name, depth, tuple(args.values()))
        if key not in self.known:
            self.known[key] = 0  # a block within itself is an error found later
            self.known[key] = self.lines(block.lines, {**self.vars, **args}, depth + 1)
        return self.known[key]

    def value(self, tree: Tree, names: Mapping[str, Value]) -> Value:
        """Return an argument's value, BROKEN where it depends on shapes."""
        if isinstance(tree, Scalar) and tree.null:
            return BROKEN
        try:
            return untyped(tree, Scope(names), Log())
        except (Reported, SpecError):
            return BROKEN
