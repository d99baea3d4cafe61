"""A view as text for a terminal or a pipe, with colour where it is wanted."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from convcost.render.layout import GAP, Grid, Text, lay_out
from convcost.render.text import ascii_only, cells, printable, wrapped
from convcost.view import Code, Heading, Note, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.view import Block, View

_STYLES = {
    "dim": "dim",
    "name": "cyan",
    "strong": "bold",
    "good": "green",
    "bad": "red",
    "warn": "yellow",
    "bar": "blue",
}


_OUTCOME = ("strong", "good", "bad")
"""The styles of a sentence that stands apart from the table above it."""


def render(view: View, *, width: int | None = None, color: bool = False, unicode: bool = True) -> str:
    """Return the view as lines of text.

    ``width`` in terminal cells; None (a pipe): as wide as it wants to be. ``unicode``
    False: ASCII only.
    """
    writer = Writer(width, color=color, unicode=unicode)
    for block in view.blocks:
        writer.block(block)
    return writer.text()


class Paint:
    """Colours text by the words of ``view.STYLES``; loads rich only if there is colour."""

    def __init__(self, *, color: bool) -> None:
        self._around: dict[str, tuple[str, str]] = _codes() if color else {}

    def __call__(self, text: str, style: str) -> str:
        """Return text between the style's codes, or as it is."""
        around = self._around.get(style)
        return f"{around[0]}{text}{around[1]}" if around and text else text


def _codes() -> dict[str, tuple[str, str]]:
    from rich.color import ColorSystem
    from rich.style import Style

    parts = {
        name: Style.parse(words).render("|", color_system=ColorSystem.STANDARD)
        for name, words in _STYLES.items()
    }
    return {name: (text.partition("|")[0], text.partition("|")[2]) for name, text in parts.items()}


def _goes_on(block: Block, previous: Block, *, titled: bool) -> bool:
    """Return whether no empty line parts a block from the one before it (``titled``: the view's title)."""
    if isinstance(block, Note):
        return block.style not in _OUTCOME or (isinstance(previous, Note) and previous.style in _OUTCOME)
    return isinstance(previous, Heading) and not titled


class Writer:
    """Collects the lines of a view."""

    def __init__(self, width: int | None, *, color: bool, unicode: bool) -> None:
        self._width = width
        self._unicode = unicode
        self._paint = Paint(color=color)
        self._lines: list[str] = []
        self._previous: Block | None = None
        self._parts = False  # whether the title is behind us

    def text(self) -> str:
        """Return all lines, each with its end."""
        return "".join(line + "\n" for line in self._lines)

    def block(self, block: Block) -> None:
        """Add a block, an empty line before it unless it goes on from the one before."""
        if self._previous and not _goes_on(block, self._previous, titled=len(self._lines) == 1):
            self._lines.append("")
        self._previous = block
        if isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Heading):
            self._paragraph(block.text, "strong")
        elif isinstance(block, Note):
            self._paragraph(block.text, block.style)
        else:
            self._code(block)

    def _shown(self, text: str) -> str:
        text = printable(text)
        return text if self._unicode else ascii_only(text)

    def _paragraph(self, text: str, style: str) -> None:
        self._lines += [self._paint(line, style) for line in wrapped(self._shown(text), self._width)]

    def _code(self, code: Code) -> None:
        self._lines += ["  " + self._shown(line) for line in code.text.splitlines()]

    def _table(self, table: Table[Any]) -> None:
        grid = lay_out(table, self._width, unicode=self._unicode)
        if table.header:
            for titles in zip(*grid.titles, strict=True):
                self._row(grid, [Text(title, "strong") for title in titles])
        for row in grid.rows:
            self._row(grid, row)
        if grid.total:
            rule = ("─" if self._unicode else "-") * (sum(grid.widths) + len(GAP) * (len(grid.widths) - 1))
            self._lines.append(self._paint(rule, "dim"))
            self._row(grid, [Text(text, style or "strong") for text, style in grid.total])
        if grid.hidden:
            self._paragraph(f"hidden columns (a wider terminal shows them): {', '.join(grid.hidden)}", "dim")

    def _row(self, grid: Grid, row: Sequence[Text]) -> None:
        """Add a row: the lines of the cell that wraps, the others beside its first."""
        folded = [
            wrapped(text, width) if column.wrap else [text]
            for column, width, (text, _) in zip(grid.columns, grid.widths, row, strict=True)
        ]
        styles = [style or column.style for column, (_, style) in zip(grid.columns, row, strict=True)]
        for parts in zip_longest(*folded, fillvalue=""):
            line = GAP.join(
                self._cell(Text(text, style), width, right=column.right)
                for column, width, text, style in zip(grid.columns, grid.widths, parts, styles, strict=True)
            )
            self._lines.append(line.rstrip())

    def _cell(self, cell: Text, width: int, *, right: bool) -> str:
        space = " " * (width - cells(cell.text))
        painted = self._paint(*cell)
        return space + painted if right else painted + space
