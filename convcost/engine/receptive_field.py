"""Which input pixels an output position depends on, dim by dim of the network's input.

Windows compose (Araujo, Norris & Sim 2019, "Computing receptive fields of convolutional neural
networks"), position by position: behind an upsampling neighbours see different numbers of
pixels, so a field has a least and a greatest size and a period after which sizes repeat.

What is pinned here:

- a field is from the first to the last pixel on which a gradient can fall, in a net that goes on
  beyond its borders: padding counts, as far as it stands for positions;
- several inputs: the union of their fields;
- a dim that disappears (flatten), is mixed as channels are, is read whole by each of many
  positions (a softmax, a global pool), is spread from a single position, or changes its size
  without a window saying how: all that the map sees is seen from everywhere. Such a field ends where the input ends, and its
  stride is 0, unless something moves beside it, as in a gate;
- a position is that of all channels together;
- a norm's statistics do not count, also where they are taken at run time: they shift and
  scale a whole map, and would make every field after a group norm the whole input;
- a ``like`` does not count;
- a reflected or replicated border counts as the positions it stands on, not those it copies.
"""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING

from convcost.engine.strand import Digit, Seen, Strand, gathered, seen_from, whole_of
from convcost.engine.track import LONGEST, Track
from convcost.exact import prod
from convcost.report import Field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.engine.op_facts import OpFacts
    from convcost.ir import Graph, Node, Shape
    from convcost.report import Span

Fields = dict[str, tuple[Seen, ...]]
"""By input that a tensor depends on: what it sees of each of the input's spatial dims."""


def seen_by(graph: Graph, rules: Sequence[OpFacts]) -> dict[str, Fields]:
    """Return for every node what its positions see."""
    seen: dict[str, Fields] = {}
    for node, rule in zip(graph.nodes, rules, strict=True):
        if node.inputs:
            seen[node.name] = _through(node, rule, seen)
        else:  # a tensor of the network's own sees nothing
            seen[node.name] = {node.name: _own(node.shape)} if node.name in graph.inputs else {}
    return seen


def receptive_fields(graph: Graph, rules: Sequence[OpFacts]) -> list[tuple[Field, ...]]:
    """Return for every node its fields along the spatial dims of the first input it depends on."""
    known: dict[tuple[int, Shape], tuple[Field, ...]] = {}  # most layers move nothing
    seen = seen_by(graph, rules)
    result = []
    for node in graph.nodes:
        dims = next(iter(seen[node.name].values()), ())
        key = (id(dims), node.shape[1:])
        if key not in known:
            known[key] = tuple([field(dim, node.shape) for dim in dims])
        result.append(known[key])
    return result


def field(seen: Seen, shape: Shape) -> Field:
    """Return the field of a tensor's positions along one dim of an input."""
    if len(seen) == 1 and seen[0].track.period == 1 and seen[0].digits and seen[0].digits[0].axis:
        (track, digits), span = seen[0], seen[0].track.at(0)
        if len(digits) == 1 and span and track.shift.denominator == 1:  # as a rule
            size = span[1] - span[0] + 1
            return Field(size, track.slope * digits[0].weight, span[0], size)
    seen = whole_of(seen, 0)
    spans, period = _repeating(seen[0].track) if len(seen) == 1 else _all(seen, shape)
    sizes = [span[1] - span[0] + 1 if span else 0 for span in spans]
    strides = [strand.track.slope * max(d.weight for d in strand.digits) for strand in seen if strand.digits]
    return Field(max(sizes), max(strides, default=0), spans[0][0] if spans[0] else 0, min(sizes), period)


def _repeating(track: Track) -> tuple[list[Span | None], int]:
    """Return what positions see on one track, and after how many of them that repeats."""
    repeats = track.shift.denominator == 1
    period = min(track.period if repeats else track.size, track.size)
    return [track.at(place) for place in range(min(period, LONGEST))], period


def _all(seen: Seen, shape: Shape) -> tuple[list[Span | None], int]:
    """Return what positions see where parts run at different speeds: those at both ends, if there are many."""
    every = seen[0].track.pixels
    if any(strand.track.stands and strand.track.spans == ((0, every - 1),) for strand in seen):
        return [(0, every - 1)], 1
    axes = {digit.axis for strand in seen for digit in strand.digits}
    indexes = [range(n) if axis in axes else range(1) for axis, n in enumerate(shape)]
    some = [(*each[: LONGEST // 2], *each[LONGEST // 2 :][-LONGEST // 2 :]) for each in indexes]
    positions = islice(product(*some), LONGEST)
    return [seen_from(seen, position) for position in positions], prod(map(len, some))


def _own(shape: Shape) -> tuple[Seen, ...]:
    tracks = {n: Track.of_input(n) for n in shape[1:]}
    return tuple([(Strand(tracks[n], (Digit(axis, 1, n, 1),)),) for axis, n in enumerate(shape) if axis])


def _through(node: Node, rule: OpFacts, seen: dict[str, Fields]) -> Fields:
    """Return what a node's output sees, through all of its inputs."""
    if len(node.inputs) == 1 and rule.reach.still:
        return seen[node.inputs[0]]
    moved = [seen[name] for name in node.inputs]
    if not rule.reach.still:
        moved = [_moved(each, rule, shape) for each, shape in zip(moved, rule.inputs, strict=False)]
    if all(each is moved[0] for each in moved):
        return moved[0]
    names = dict.fromkeys([name for each in moved for name in each])
    return {name: _united([each[name] for each in moved if name in each]) for name in names}


def _moved(fields: Fields, rule: OpFacts, shape: Shape) -> Fields:
    moved = {name: tuple([_along(dim, rule, shape) for dim in dims]) for name, dims in fields.items()}
    return fields if moved == fields else moved  # what is the same object needs no second look


def _along(seen: Seen, rule: OpFacts, shape: Shape) -> Seen:
    moved = tuple([strand.through(rule.reach, shape, rule.output) for strand in seen])
    return moved if len(moved) == 1 or moved == seen else gathered(moved)


def _united(each: list[tuple[Seen, ...]]) -> tuple[Seen, ...]:
    if len(each) == 1:
        return each[0]
    return tuple([gathered([strand for seen in dims for strand in seen]) for dims in zip(*each, strict=True)])
