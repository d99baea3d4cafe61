"""A document's vars with a variant and overrides applied, in that order of growing weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.errors import closest, did_you_mean
from convcost.spec.expressions import names_in
from convcost.spec.log import MOST, Log, Reported
from convcost.spec.tree import Scalar, scalars
from convcost.spec.values import BROKEN, Scope, untyped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.spec.arithmetic import Value
    from convcost.spec.syntax import Document
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

    Vars may use other vars, in any order; a circle is an error. ``outside`` overrides
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
    return _values(trees, log)


class _VarScope(Scope):
    """The vars evaluated so far; hints know all."""

    __slots__ = ("all",)

    def __init__(self, values: dict[str, Value], every: dict[str, Tree]) -> None:
        super().__init__(values)
        self.all = every

    def _hint(self, name: str) -> str | None:
        return did_you_mean(closest(name, self.all)) or super()._hint(name)


def _values(trees: dict[str, Tree], log: Log) -> dict[str, Value]:
    values: dict[str, Value] = {}
    order = _Order(trees, log)
    for name in order:
        values[name] = BROKEN
        if name in order.circular:
            continue
        tree = trees[name]
        try:
            values[name] = name if _is_word(name, tree) else untyped(tree, _VarScope(values, trees), log)
        except Reported:
            continue
    return {name: values.get(name, BROKEN) for name in trees}


def _is_word(name: str, tree: Tree) -> bool:
    """Whether a var is nothing but its own name: ``norm: norm`` can only be the word."""
    return isinstance(tree, Scalar) and tree.text == name


class _Order:
    """Vars, each after those it uses: depth first, on a stack of our own, however long the chain.

    Ends early where there are more circles than a log takes.
    """

    def __init__(self, trees: dict[str, Tree], log: Log) -> None:
        self.trees = trees
        self.log = log
        self.circular: set[str] = set()
        self.circles = 0

    def __iter__(self) -> Iterator[str]:
        done: set[str] = set()
        for name in self.trees:
            open_: dict[str, Iterator[str]] = {} if name in done else {name: self._uses(name)}
            while open_ and self.circles < MOST:
                last = next(reversed(open_))
                needed = next(open_[last], None)
                if needed is None:
                    del open_[last]
                    done.add(last)
                    yield last
                elif needed in open_:
                    self._circle([*open_], needed)
                elif needed not in done:
                    open_[needed] = self._uses(needed)

    def _uses(self, name: str) -> Iterator[str]:
        """Return an iterator over the vars a var's value names."""
        tree = self.trees[name]
        if _is_word(name, tree):
            return iter(())
        texts = [one.text for one in scalars(tree)]
        return iter([used for text in texts for used in self._names(text) if used in self.trees])

    def _names(self, text: str) -> tuple[str, ...]:
        """Return the names in a value; a layer's, ``enc.conv1``, has none unless enc is a var."""
        head, dot, _ = text.partition(".")
        return names_in(text) if not dot or not head.isidentifier() or head in self.trees else ()

    def _circle(self, chain: list[str], start: str) -> None:
        self.circles += 1
        members = chain[chain.index(start) :]
        self.circular.update(members)
        shown = " -> ".join([*members[:8], *(["…"] if len(members) > 8 else []), start])  # noqa: PLR2004
        self.log.add("CC310", f"circular vars: {shown}", self.trees[start].loc)
