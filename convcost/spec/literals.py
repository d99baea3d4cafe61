"""What can be judged without a single name: literals, words and forms, in lines that may never stand.

A block no variant uses, a line whose ``when:`` is false: their mistakes are mistakes too. Any
expression that names something is let pass here and judged where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.ops import INDEX, op_class
from convcost.ops._fields import COUNT, FieldSpec
from convcost.spec.layers import OpMaker
from convcost.spec.log import Log, Reported
from convcost.spec.tree import Scalar, Seq
from convcost.spec.values import Scope, boolean, field_value, integer, untyped, word

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcost.spec.arithmetic import Value
    from convcost.spec.syntax import Line
    from convcost.spec.tree import Tree

REPEAT = FieldSpec(COUNT, "how often", ge=0, name="repeat")
SIZE = FieldSpec(COUNT, "a size", ge=1, name="expect")


class _Anything(Scope):
    """Has every name, and no value for it."""

    __slots__ = ()

    def __call__(self, name: str) -> Value:
        del name
        raise Reported


_ANYTHING = _Anything({})


class Literals:
    """Judges trees on their own; everything wrong goes to the log."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.ops = OpMaker(log)

    def line(self, line: Line) -> None:
        """Judge a line's fields, those of ``first`` and ``last``, and what every line may have."""
        op = line.op.text
        parts = [line.fields.items, *(t.items for key in ("first", "last") if (t := line.part(key)))]
        for fields in parts:
            for key, tree in fields.items():
                self._try(lambda key=key, tree=tree: self._field(op, key, tree))  # type: ignore[misc]
        if op in INDEX and len(parts) == 1:
            for key, spec in op_class(op).specs().items():
                if spec.required and key not in line.fields.items:
                    self.log.add("CC305", f"{op} needs {key}: ({spec.doc})", line.loc)
        for tree in line.guards.values():
            self._try(lambda tree=tree: self._common("when", tree))  # type: ignore[misc]
        for key, tree in line.common.items():
            self._try(lambda key=key, tree=tree: self._common(key, tree))  # type: ignore[misc]

    def value(self, tree: Tree) -> None:
        """Judge a value of no known type: a var's, an arg's."""
        if not (isinstance(tree, Scalar) and tree.null):
            self._try(lambda: untyped(tree, _ANYTHING, self.log))

    def _try(self, judge: Callable[[], object]) -> None:
        try:
            judge()
        except Reported:
            return

    def _field(self, op: str, key: str, tree: Tree) -> None:
        if isinstance(tree, Scalar) and tree.null:
            return
        if op not in INDEX:
            if not op.startswith("$"):
                untyped(tree, _ANYTHING, self.log)
        elif key in {"norm", "act"}:
            self.ops.norm_or_act(tree, key, _ANYTHING)
        elif key == "like":
            word(tree, _ANYTHING, self.log, key)
        elif key in op_class(op).specs():
            field_value(op_class(op).specs()[key], tree, _ANYTHING, self.log)

    def _common(self, key: str, tree: Tree) -> None:
        if key == "repeat":
            integer(tree, _ANYTHING, self.log, REPEAT)
        elif key == "when":
            boolean(tree, _ANYTHING, self.log, "when")
        elif key in {"role", "from", "share"}:
            for item in tree.items if isinstance(tree, Seq) and key == "from" else (tree,):
                word(item, _ANYTHING, self.log, key)
        elif key == "expect" and isinstance(tree, Seq):
            for item in tree.items:
                if not (isinstance(item, Scalar) and item.null):
                    self._try(lambda item=item: integer(item, _ANYTHING, self.log, SIZE))  # type: ignore[misc]
