"""What one position of a layer sees: its box in numbers, and drawn over the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.units import sizes
from convcost.view import Amount, Code, Column, Heading, Note, Table, View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcost.ir import Graph, Node, Shape
    from convcost.report import Box, Span
    from convcost.view import Block

WIDEST, TALLEST = 64, 20
_PLANE = 2


def view(graph: Graph, node: Node, position: Shape, boxes: Mapping[str, Box], label: str) -> View:
    """Return a position's box in each input, in numbers and as a drawing."""
    at = f" · position {','.join(map(str, position))} of {sizes(node.shape[1:])}" if position else ""
    blocks: list[Block] = [Heading(f"{label} · {node.name}{at}")]
    for name, box in boxes.items():
        shape = graph.inputs[name][1:]
        if len(graph.inputs) > 1:
            blocks.append(Heading(f"input {name} · {sizes(graph.inputs[name])}"))
        if box.box is None or box.clipped is None:
            blocks.append(Note("It depends on no pixel, only on padding."))
        elif shape:
            blocks += [_table(_dims(name, box)), *_drawing(box.clipped, shape)]
    if not boxes:
        blocks.append(Note("It depends on no input."))
    return View(tuple(blocks), _table([dim for name, box in boxes.items() for dim in _dims(name, box)]))


class Dim(NamedTuple):
    """A row: along one dim of an input, what a position sees and what of it is there."""

    name: str
    dim: int
    seen: Span
    there: Span


def _dims(name: str, box: Box) -> list[Dim]:
    each = zip(box.box or (), box.clipped or (), strict=False)
    return [Dim(name, dim, seen, there) for dim, (seen, there) in enumerate(each)]


def _table(dims: list[Dim]) -> Table[Dim]:
    return Table(
        (
            Column("input", lambda row: row.name, hidden=True),
            Column("dim", lambda row: Amount(row.dim), style="name"),
            Column("sees px", lambda row: _words(row.seen), key="", right=True),
            Column("size", lambda row: Amount(_size(row.seen)), key="", right=True, style="strong"),
            Column("in the input", lambda row: _words(row.there), key="", right=True),
            Column("size", lambda row: Amount(_size(row.there)), key="", right=True),
            Column("first", lambda row: Amount(row.seen[0]), hidden=True),
            Column("last", lambda row: Amount(row.seen[1]), hidden=True),
            Column("clipped_first", lambda row: Amount(row.there[0]), hidden=True),
            Column("clipped_last", lambda row: Amount(row.there[1]), hidden=True),
        ),
        dims,
    )


def _words(span: Span) -> str:
    return f"{span[0]} to {span[1]}"


def _size(span: Span) -> int:
    return span[1] - span[0] + 1


def _drawing(clipped: tuple[Span, ...], shape: Shape) -> list[Block]:
    """Return the input as dots with the field in it: a plane, or a line per dim."""
    if len(shape) == _PLANE:
        wide = min(shape[1], WIDEST)
        tall = min(shape[0], TALLEST, max(1, shape[0] * wide // (2 * shape[1])))  # letters are twice as high
        rows, columns = _hit(clipped[0], shape[0], tall), _hit(clipped[1], shape[1], wide)
        lines = ["".join("#" if row and column else "." for column in columns) for row in rows]
        cells: tuple[int, ...] = (tall, wide)
    else:
        cells = tuple([min(size, WIDEST) for size in shape])
        each = zip(clipped, shape, cells, strict=True)
        lines = ["".join("#" if hit else "." for hit in _hit(*one)) for one in each]
    scale = sizes(-(-size // count) for size, count in zip(shape, cells, strict=True))
    note = Note(f"#: pixels it depends on; a character is at most {scale} px.", "dim")
    return [Code("\n".join(lines)), note]


def _hit(span: Span, size: int, cells: int) -> list[bool]:
    """Return for equal parts of a dim whether any of their pixels is in the span."""
    bounds = [(size * i // cells, size * (i + 1) // cells) for i in range(cells)]
    return [low <= span[1] and span[0] < high for low, high in bounds]
