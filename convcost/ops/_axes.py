"""Axes of a tensor as fields name them: 0 the channels, negative ones from the last back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.ir import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.ir import Shape


def axis_problem(field: str, axes: tuple[int, ...], x: Shape, *, further: int = 0) -> Iterator[Problem]:
    """Yield what is wrong with axes of ``x``; an op that adds one may name ``further`` more."""
    rank = len(x) + further
    wrong = next((axis for axis in axes if not -rank <= axis < rank), None)
    if wrong is not None:
        yield Problem(field, f"axis {wrong} does not exist in {list(x)}: it has {rank}, from 0 on")
    elif len({axis % rank for axis in axes}) < len(axes):
        yield Problem(field, f"{list(axes)} names an axis twice")
    elif not axes:
        yield Problem(field, "no axis is named")


def resolved(axes: tuple[int, ...], x: Shape, *, further: int = 0) -> tuple[int, ...]:
    """Return axes counted from 0 on, in the order given."""
    return tuple([axis % (len(x) + further) for axis in axes])
