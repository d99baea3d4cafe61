"""Which input pixels an output position depends on, dim by dim of the network's input.

Each layer's windows compose: a window of ``k`` positions with step ``t`` from ``o`` on,
over a tensor whose positions see ``size`` pixels, ``stride`` apart, sees
``size + (k - 1) · stride`` pixels, ``t · stride`` apart, from ``offset + o · stride`` on
(Araujo, Norris & Sim 2019, "Computing receptive fields of convolutional neural networks").

What is pinned here:

- several inputs: the union of their fields at output 0. Its stride is the largest of those
  inputs that have a position for each output position; an input that is broadcast (a gate
  after a global pool) is seen whole from everywhere and moves nothing;
- a dim that disappears (flatten), is mixed as channels are, or changes its size without a
  window saying how: the field is that of the whole map, as of a convolution that covers it;
- statistics computed at run time (a layer norm's) do not count, nor does a ``like``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.ir import INPUT
from convcost.report import Field

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from convcost.engine.rules import Rule
    from convcost.ir import Graph, Node, Shape, Window


class View(NamedTuple):
    """A tensor's fields, and the axis of its shape along which each moves (None: along none)."""

    fields: tuple[Field, ...]
    axes: tuple[int | None, ...]


class Reach(NamedTuple):
    """How far an op's output positions reach, axis by axis of its inputs.

    ``axis_of``: the output axis that runs along an input axis, where there is one.
    """

    windows: tuple[Window, ...]
    axis_of: dict[int, int]
    mixes_channels: bool


def reach_of(rule: Rule) -> Reach:
    """Return an op's reach, asked once per rule."""
    if rule.reach is None:
        op, inputs, output = rule.op, rule.inputs, rule.output
        axes = op.axes(inputs, output)
        axis_of = {axis: after for after, axis in enumerate(axes) if axis is not None}
        rule.reach = Reach(op.windows(inputs, output), axis_of, op.mixes_channels(inputs))
    return rule.reach


def receptive_fields(graph: Graph, rules: Sequence[Rule]) -> list[tuple[Field, ...]]:
    """Return for every node one field per spatial dim of the network's input."""
    dims = len(graph.input) - 1
    views = {INPUT: View((Field(1, 1, 0),) * dims, tuple(range(1, dims + 1)))}
    result = []
    for node, rule in zip(graph.nodes, rules, strict=True):
        view = views[node.name] = _through(node, rule, views)
        result.append(view.fields)
    return result


def _through(node: Node, rule: Rule, views: dict[str, View]) -> View:
    moved = [_one(views[name], rule, shape) for name, shape in zip(node.inputs, rule.inputs, strict=False)]
    first = moved[0]
    if all(view == first for view in moved):
        return first
    axes = tuple(
        next((a for a in each if a is not None), None) for each in zip(*(v.axes for v in moved), strict=True)
    )
    fields = tuple(_union([(view.fields[d], view.axes[d]) for view in moved]) for d in range(len(axes)))
    return View(fields, axes)


def _one(view: View, rule: Rule, shape: Shape) -> View:
    """Return what the output sees through one of the inputs, of ``shape``."""
    moved = [_along(field, axis, rule, shape) for field, axis in zip(view.fields, view.axes, strict=True)]
    return View(tuple([field for field, _ in moved]), tuple([axis for _, axis in moved]))


def _along(field: Field, axis: int | None, rule: Rule, shape: Shape) -> tuple[Field, int | None]:
    """Return one dim's field after an op, and the axis of its output along which it moves."""
    if axis is None:
        return field, None
    reach, size = reach_of(rule), shape[axis]
    after = reach.axis_of.get(axis)
    if after is None or (axis == 0 and reach.mixes_channels):
        return _map(field, size), None
    if 0 < axis <= len(reach.windows):
        return _compose(field, reach.windows[axis - 1]), after
    if size == rule.output[after]:
        return field, after
    return (field, None) if size == 1 else (_map(field, size), None)


def _map(field: Field, size: int) -> Field:
    """Return the field of something that sees all ``size`` positions."""
    return Field(_whole(field.size + (size - 1) * field.stride), field.stride, field.offset)


def _compose(field: Field, window: Window) -> Field:
    stride = field.stride
    return Field(
        _whole(field.size + (window.size - 1) * stride),
        _whole(window.stride * stride),
        _whole(field.offset + window.offset * stride),
    )


def _whole(value: int | Fraction) -> int | Fraction:
    return int(value) if value.denominator == 1 else value


def _union(seen: list[tuple[Field, int | None]]) -> Field:
    fields = [field for field, _ in seen]
    low = min(field.offset for field in fields)
    high = max(field.offset + field.size for field in fields)
    moving = [field.stride for field, axis in seen if axis is not None]
    return Field(_whole(high - low), max(moving or [field.stride for field in fields]), low)
