"""The receptive field of one output position: in theory, and what is left of it in the input."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from convcost.engine.op_facts import Platform, Rules
from convcost.engine.receptive_field import seen_by
from convcost.engine.storages import rules_of
from convcost.engine.strand import seen_from, whole_of
from convcost.engine.track import LONGEST, Track, hull
from convcost.errors import Diagnostic, UsageError, suggest
from convcost.exact import prod
from convcost.globs import matches
from convcost.report import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.engine.strand import Seen
    from convcost.ir import Graph, Node, Shape, Window
    from convcost.report import Span


def find_layer(graph: Graph, name: str | None) -> Node:
    """Return the layer of a name, or the last that a level or glob means; without a name the last map."""
    if name is None:
        maps = [node for node in graph.layers if prod(node.shape[1:]) > 1]
        return (maps or graph.nodes)[-1]
    own = [node for node in graph.nodes if node.name == name]
    found = own or [node for node in graph.nodes if matches(name, node.name)]
    if not found:
        hint = suggest(name, [node.name for node in graph.nodes])
        raise UsageError(Diagnostic("CC503", f"{graph.name} has no layer {name!r}", hint=hint))
    return found[-1]


def find_position(node: Node, position: Shape | None) -> Shape:
    """Return the position asked for, the middle one if there is none; UsageError if the layer lacks it."""
    sizes = node.shape[1:]
    if position is None:
        return tuple([size // 2 for size in sizes])
    if len(position) != len(sizes):
        has = f"has {len(sizes)} spatial dim{'' if len(sizes) == 1 else 's'}" if sizes else "has no positions"
        message = f"{node.name} {has}, its shape is {list(node.shape)}, but the position has {len(position)}"
        raise UsageError(
            Diagnostic("CC908", message, hint=f"for example --at {_middle(sizes)}" if sizes else None)
        )
    for dim, (at, size) in enumerate(zip(position, sizes, strict=True)):
        if not 0 <= at < size:
            message = f"{node.name} has positions 0 to {size - 1} along dim {dim}, but {at} is asked for"
            raise UsageError(Diagnostic("CC908", message))
    return position


def _middle(sizes: Shape) -> str:
    return ",".join([str(size // 2) for size in sizes])


def field_at(graph: Graph, node: Node, position: Shape) -> dict[str, Box]:
    """Return by input what a layer's position, one index per spatial dim, depends on."""
    seen = seen_by(graph, rules_of(graph, Rules(Platform("float32", "cpu"))))
    place = (0, *position)
    boxes = {}
    for name, dims in seen[node.name].items():
        every = [whole_of(dim, 0) for dim in dims]
        box = [seen_from(dim, place) for dim in every]
        boxes[name] = Box(_all_or_none(box), _all_or_none([traced(dim, place) for dim in every]))
    return boxes


def _all_or_none(spans: list[Span | None]) -> tuple[Span, ...] | None:
    some = tuple([span for span in spans if span])
    return some if len(some) == len(spans) else None


def traced(seen: Seen, position: Shape) -> Span | None:
    """Return the first and the last pixel found on the way back, over positions that exist."""
    wanted: dict[Track, set[int]] = {}
    for strand in seen:
        wanted.setdefault(strand.track, set()).add(strand.place(position))
    waiting: list[tuple[int, int, Track]] = []
    for track in wanted:
        heappush(waiting, (-track.depth, id(track), track))
    found: list[Span | None] = []
    while waiting:
        _, _, track = heappop(waiting)
        places = _outermost(wanted.pop(track))
        if not track.reads and places:
            found.append((min(places), max(places)))
        for read, window in track.reads:
            if read not in wanted:
                wanted[read] = set()
                heappush(waiting, (-read.depth, id(read), read))
            for place in places:
                wanted[read].update(_existing(window, place, read.size))
    return hull(found)


def _outermost(places: set[int]) -> set[int]:
    """Return the first and the last of many places: those between see nothing further out."""
    if len(places) <= 2 * LONGEST:
        return places
    every = sorted(places)
    return {*every[:LONGEST], *every[-LONGEST:]}


def _existing(window: Window, place: int, size: int) -> Iterator[int]:
    """Yield the positions that a window reads, of ``size`` that there are; the outermost of many."""
    taps = window.taps(place)
    if window.edge:
        yield from [_at_edge(tap, size, window.edge) for tap in taps]
    elif taps:
        before = max(0, -(taps[0] // taps.step))
        after = max(0, -((size - 1 - taps[-1]) // taps.step))
        inside = taps[before:][: -after or None]
        yield from inside[:LONGEST]
        yield from inside[LONGEST:][-LONGEST:]


def _at_edge(tap: int, size: int, edge: str) -> int:
    """Return the position of which one outside of the map holds a copy."""
    if edge == "replicate":
        return min(max(tap, 0), size - 1)
    return size - 1 - abs(size - 1 - abs(tap))
