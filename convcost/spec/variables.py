"""A document's vars with a variant and overrides applied, in that order of growing weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.errors import closest, did_you_mean
from convcost.spec.log import Log, Reported
from convcost.spec.tree import Scalar
from convcost.spec.values import BROKEN, Scope, untyped

if TYPE_CHECKING:
    from convcost.spec.arithmetic import Value
    from convcost.spec.document import Document
    from convcost.spec.tree import Tree


def variant_of(document: Document, name: str | None, log: Log) -> dict[str, Tree]:
    """Return a variant's overrides; {} for none. An unknown one raises Reported."""
    if name is None:
        return {}
    if name not in document.variants:
        known = ", ".join(document.variants) or "none"
        hint = did_you_mean(closest(name, document.variants)) or f"its variants: {known}"
        raise log.add("CC312", f"{document.name} has no variant {name!r}", document.loc, hint)
    return document.variants[name]


def evaluate_vars(
    document: Document, variant: dict[str, Tree], outside: dict[str, Tree], log: Log
) -> dict[str, Value]:
    """Return every var's value (BROKEN where its mistake is in the log).

    Vars may use other vars, in any order; a cycle is an error. ``outside`` overrides
    ``variant``, which overrides what the document says.
    """
    trees = {**document.vars}
    trees.update({name: tree for name, tree in variant.items() if name in trees})
    for name, tree in outside.items():
        if name not in trees:
            hint = did_you_mean(closest(name, trees)) or f"its vars: {', '.join(trees) or 'none'}"
            log.add("CC313", f"{document.name} has no var {name!r}", tree.loc, hint)
        else:
            trees[name] = tree
    return _Vars(trees, log).all()


class _Vars(Scope):
    """Evaluates a var when it is first asked for."""

    __slots__ = ("log", "open", "trees", "values")

    def __init__(self, trees: dict[str, Tree], log: Log) -> None:
        super().__init__({})
        self.trees = trees
        self.log = log
        self.values: dict[str, Value] = {}
        self.open: list[str] = []

    def all(self) -> dict[str, Value]:
        for name in self.trees:
            try:
                self(name)
            except Reported:
                self.values[name] = BROKEN
        return self.values

    def __call__(self, name: str) -> Value:
        if name in self.values:
            if self.values[name] is BROKEN:
                raise Reported
            return self.values[name]
        if name not in self.trees:
            raise KeyError(name, did_you_mean(closest(name, self.trees)))
        if name in self.open:
            circle = " -> ".join([*self.open[self.open.index(name) :], name])
            raise self.log.add("CC310", f"vars in a circle: {circle}", self.trees[name].loc)
        return self._evaluate(name)

    def _evaluate(self, name: str) -> Value:
        tree = self.trees[name]
        if isinstance(tree, Scalar) and tree.text == name and not tree.quoted:
            self.values[name] = name  # `norm: norm` can only be the word
            return name
        if len(self.open) > 50:  # noqa: PLR2004  (far deeper than any table of a paper)
            raise self.log.add("CC310", "vars refer to one another too deeply", tree.loc)
        self.open.append(name)
        try:
            value = untyped(tree, self, self.log)
        finally:
            self.open.pop()
        self.values[name] = value
        return value
