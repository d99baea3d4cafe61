"""Which input pixels an output position depends on, dim by dim of the network's input.

Each layer's windows compose: a window of ``k`` positions with step ``t`` from ``o`` on,
over a tensor whose positions see ``size`` pixels, ``stride`` apart, sees
``size + (k - 1) · stride`` pixels, ``t · stride`` apart, from ``offset + o · stride`` on
(Araujo, Norris & Sim 2019, "Computing receptive fields of convolutional neural networks").

What is pinned here:

- several inputs: the union of their fields. Where strides differ, it is taken at output 0
  and moves with the largest;
- a dim that disappears (flatten), is mixed as channels are, is read whole by each of many
  positions (a softmax) or changes its size without a window saying how: all that the map
  sees is seen from everywhere. Such a part moves nothing and unites with what moves beside
  it, as in a gate; alone its stride is 0;
- a global pool is a window as long as the map;
- a norm's statistics do not count, also where they are taken at run time: they shift and
  scale a whole map, and would make every field after a group norm the whole input;
- ``size`` and ``offset`` are those of output 0;
- a ``like`` does not count;
- a reflected or replicated border counts as the positions it stands on, not those it copies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.report import Field

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from convcost.engine.op_facts import OpFacts
    from convcost.ir import Graph, Node, Shape, Window

    Number = int | Fraction


class Seen(NamedTuple):
    """What a tensor's positions see along one dim of the network's input.

    ``moving``: the field of position 0, and ``axis`` of the tensor's shape along which it
    moves. ``fixed``: (first, end) of the pixels that every position sees. One of them may
    be None.
    """

    moving: Field | None
    axis: int
    fixed: tuple[Number, Number] | None = None

    @property
    def field(self) -> Field:
        """All that position 0 sees."""
        if self.moving is None or self.fixed is None:
            return self.moving or Field(*_span(self.fixed or (0, 0)))
        low = min(self.moving.offset, self.fixed[0])
        high = max(_end(self.moving), self.fixed[1])
        return Field(_whole(high - low), self.moving.stride, low)


def _span(fixed: tuple[Number, Number]) -> tuple[Number, int, Number]:
    return _whole(fixed[1] - fixed[0]), 0, fixed[0]


def receptive_fields(graph: Graph, rules: Sequence[OpFacts]) -> list[tuple[Seen, ...]]:
    """Return for every node what it sees along each spatial dim of the network's input."""
    start = Field(1, 1, 0)
    seen: dict[str, tuple[Seen, ...]] = {}
    for node, rule in zip(graph.nodes, rules, strict=True):
        if node.inputs:
            seen[node.name] = _through(node, rule, seen)
        else:
            seen[node.name] = tuple([Seen(start, axis) for axis in range(1, len(node.shape))])
    return list(seen.values())


def _through(node: Node, rule: OpFacts, seen: dict[str, tuple[Seen, ...]]) -> tuple[Seen, ...]:
    """Return what a node's output sees, through all of its inputs."""
    moved = [seen[name] for name in node.inputs]
    if not rule.reach.still:
        shapes = zip(moved, rule.inputs, strict=False)
        moved = [tuple([_along(dim, rule, shape) for dim in each]) for each, shape in shapes]
    if len(moved) == 1 or all(each == moved[0] for each in moved):
        return moved[0]
    return tuple([_union(each) for each in zip(*moved, strict=True)])


def _along(seen: Seen, rule: OpFacts, shape: Shape) -> Seen:
    """Return what an op's output sees through an input of ``shape``, along one dim."""
    field, axis = seen.moving, seen.axis
    if field is None:
        return seen
    reach, size = rule.reach, shape[axis]
    after = reach.axis_of.get(axis)
    window = reach.windows[axis - 1] if 0 < axis <= len(reach.windows) else None
    if after is None or (axis == 0 and reach.mixes_channels):
        return _fix(seen, field, size)
    if window is not None:
        return _slide(seen, field, window, after)
    if size == rule.output[after]:
        return seen if after == axis else Seen(field, after, seen.fixed)
    return _fix(seen, field, size)


def _slide(seen: Seen, field: Field, window: Window, axis: int) -> Seen:
    size = _whole(field.size + (window.size - 1) * field.stride)
    low = _whole(field.offset + window.offset * field.stride)
    if not window.stride:
        return Seen(None, axis, _hull(seen.fixed, (low, low + size)))
    return Seen(Field(size, _whole(window.stride * field.stride), low), axis, seen.fixed)


def _fix(seen: Seen, field: Field, size: int) -> Seen:
    """Return the whole map of ``size`` positions, seen from everywhere."""
    end = _whole(_end(field) + (size - 1) * field.stride)
    return Seen(None, seen.axis, _hull(seen.fixed, (field.offset, end)))


def _union(each: tuple[Seen, ...]) -> Seen:
    fixed = None
    for seen in each:
        fixed = _hull(fixed, seen.fixed) if seen.fixed else fixed
    moving = [seen for seen in each if seen.moving is not None]
    fields = [seen.moving for seen in moving if seen.moving is not None]
    if not fields:
        return Seen(None, each[0].axis, fixed)
    low = min([field.offset for field in fields])
    size = _whole(max([_end(field) for field in fields]) - low)
    return Seen(Field(size, max([field.stride for field in fields]), low), moving[0].axis, fixed)


def _hull(one: tuple[Number, Number] | None, other: tuple[Number, Number]) -> tuple[Number, Number]:
    return other if one is None else (min(one[0], other[0]), max(one[1], other[1]))


def _end(field: Field) -> Number:
    return field.offset + field.size


def _whole(value: Number) -> Number:
    """Return an integral fraction as an int."""
    return int(value) if value.denominator == 1 else value
