"""Arithmetic with the numbers put in, as one would write it on a blackboard."""

from __future__ import annotations

from copy import copy
from dataclasses import fields
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost import traced
from convcost.traced import KERNEL, SIZE, Leaf, Product, Quotient, Traced, made_of_sizes
from convcost.units import full

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from convcost.cost import Cost
    from convcost.ir import Op, Shape

LONG = 10_000  # from here on commas help


class Term(NamedTuple):
    """A product as it is written, and its value."""

    text: str
    value: int


def number(value: int) -> str:
    """Return a number as it stands in a formula."""
    return full(value) if value >= LONG else str(int(value))


def written(terms: Sequence[Term]) -> str:
    """Return ``5×5 · 16 · 32 + 32 = 12,800 + 32 = 12,832``."""
    parts = [" + ".join([term.text for term in terms])]
    if len(terms) > 1:
        parts.append(" + ".join([full(term.value) for term in terms]))
    parts.append(full(total(terms)))
    return " = ".join(dict.fromkeys(parts))


def total(terms: Sequence[Term]) -> int:
    """Return the sum of some terms."""
    return sum([term.value for term in terms])


def cost_of(op: Op, inputs: tuple[Shape, ...], output: Shape) -> Cost:
    """Return an op's counters, remembering how its rule made them."""
    named = tuple([traced.sizes(f"input {place}", shape) for place, shape in enumerate(inputs)])
    return traced_op(op).cost(named, traced.sizes("output", output))


def traced_op(op: Op) -> Op:
    """Return an op whose fields are traced; the sizes of its kernel are told apart."""
    again = copy(op)
    for spec in fields(op):
        kind = KERNEL if spec.name == "kernel" else traced.FIELD
        object.__setattr__(again, spec.name, traced.field(getattr(op, spec.name), kind))
    return again


def explained(value: int, batch: int = 1) -> str:
    """Return how a number was made, and what it is."""
    return written(terms_of(value, batch))


def terms_of(value: int, batch: int = 1) -> list[Term]:
    """Return a number as the terms it is the sum of, each times the batch."""
    how = value.how if isinstance(value, Traced) else None
    parts = how.terms if isinstance(how, traced.Sum) and made_of_sizes(value) else ((1, value),)
    if any(sign < 0 for sign, _ in parts):
        parts = ((1, value),)
    ahead = [str(batch)] if batch != 1 else []
    return [Term(" · ".join([*ahead, *_product(part)]), int(part) * batch) for _, part in parts]


def sized(value: int) -> str:
    """Return how a size was made: ``⌊(28 + 4 − 5) / 1⌋ + 1``; '' if it was only handed on."""
    if not isinstance(value, Traced) or isinstance(value.how, Leaf) or not made_of_sizes(value):
        return ""
    return _expression(value)


def _expression(value: int) -> str:
    how = value.how if isinstance(value, Traced) and made_of_sizes(value) else None
    if isinstance(how, traced.Sum):
        terms = [(" + " if sign > 0 else " − ") + _expression(term) for sign, term in how.terms]
        return "".join(terms).removeprefix(" + ").removeprefix(" ")
    if isinstance(how, Quotient):
        left, right = "⌈⌉" if how.up else "⌊⌋"
        return f"{left}{_inner(how.top)} / {_inner(how.bottom)}{right}"
    if isinstance(how, Product):
        return " · ".join(_product(value))
    return number(value)


def _inner(value: int) -> str:
    """Return an expression, in parentheses where it is a sum."""
    is_sum = isinstance(value, Traced) and isinstance(value.how, traced.Sum) and made_of_sizes(value)
    return f"({_expression(value)})" if is_sum else _expression(value)


def _product(value: int) -> list[str]:
    """Return a product's factors as they are written: numbers, kernel, channels, positions."""
    how = value.how if isinstance(value, Traced) else None
    factors = how.factors if isinstance(how, Product) else (value,)
    return [text for _, text in sorted(_groups(factors), key=lambda group: group[0])] or ["1"]


def _groups(factors: tuple[int, ...]) -> Iterator[tuple[int, str]]:
    """Yield factors with their rank, those of one kernel or of neighbouring axes together."""
    leaves = [_leaf(factor) for factor in factors]
    kernel = [factor for factor, leaf in zip(factors, leaves, strict=True) if leaf.kind == KERNEL]
    if kernel:
        yield 1, "×".join(map(str, kernel))
    runs = [(leaf.kind, leaf.tensor, place - leaf.axis) for place, leaf in enumerate(leaves)]
    for (kind, tensor, _), run in groupby(zip(runs, factors, strict=True), key=lambda pair: pair[0]):
        some = [factor for _, factor in run]
        if kind == SIZE:
            spatial = len(some) > 1 or (tensor == "output" and _leaf(some[0]).axis > 0)
            yield (3 if spatial else 2), "·".join(map(str, some))
        elif kind != KERNEL:
            yield from map(_single, some)


def _leaf(factor: int) -> Leaf:
    how = factor.how if isinstance(factor, Traced) else None
    return how if isinstance(how, Leaf) else Leaf("")


def _single(factor: int) -> tuple[int, str]:
    if not isinstance(factor, Traced):
        return 0, number(factor)
    return 2, _inner(factor) if isinstance(factor.how, traced.Sum) else number(factor)


def plain(*factors: int | tuple[int, ...]) -> Term:
    """Return a product of numbers and shapes: ``32·28·28 · 4``."""
    value, texts = 1, []
    for factor in factors:
        each = (factor,) if isinstance(factor, int) else factor
        texts.append("·".join(map(str, each)) if isinstance(factor, tuple) else number(factor))
        for size in each:
            value *= size
    return Term(" · ".join([text or "1" for text in texts]), value)


def shape_of(op: Op, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
    """Return an op's output shape, remembering how its rule made it."""
    named = [traced.sizes(f"input {place}", shape) for place, shape in enumerate(inputs)]
    again: Any = traced_op(op)
    if hasattr(again, "padding"):  # as numbers: "same" would bring the size in a second time
        object.__setattr__(again, "padding", again.pads(inputs[0]))
    shape: tuple[int, ...] = again.shape(*named)
    return shape
