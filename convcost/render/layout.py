"""How a table finds room: which columns stay, how wide each is, how bars are drawn.

Numbers are never cropped. Where room is short, the column that matters least goes first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.render.text import ascii_only, cells, printable, spoken
from convcost.view import Bar

if TYPE_CHECKING:
    from convcost.view import Cell, Column, Table

GAP = "  "
LONGEST_BAR = 12
SHORTEST_WRAP = 16
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


class Grid(NamedTuple):
    """A table laid out: the columns that stay, their widths, the texts, and what went.

    ``titles`` has for each column its title's lines, the same number for all.
    """

    columns: tuple[Column, ...]
    widths: tuple[int, ...]
    titles: tuple[tuple[str, ...], ...]
    rows: list[tuple[str, ...]]
    total: tuple[str, ...] | None
    gone: tuple[str, ...]


def lay_out(table: Table, width: int | None, *, unicode: bool) -> Grid:
    """Turn cells into texts and choose the columns for which ``width`` cells have room."""
    count = len(table.rows)
    every = [*table.rows, table.total] if table.total else list(table.rows)
    columns = [_texts([row[i] for row in every], unicode=unicode) for i in range(len(table.columns))]
    widths = [max(map(cells, texts), default=0) for texts in columns]
    titles = _titles(table, widths, unicode=unicode)
    widths = [max(width, *map(cells, title)) for width, title in zip(widths, titles, strict=True)]
    stay = _staying(table.columns, widths, width)
    widths = _narrowed([table.columns[i] for i in stay], [widths[i] for i in stay], width)
    rows = list(zip(*(columns[i] for i in stay), strict=True))
    return Grid(
        tuple(table.columns[i] for i in stay),
        tuple(widths),
        _level([titles[i] for i in stay]),
        rows[:count],
        rows[count] if table.total else None,
        tuple(c.title for i, c in enumerate(table.columns) if i not in stay and c.title),
    )


def _titles(table: Table, widths: list[int], *, unicode: bool) -> list[tuple[str, ...]]:
    """Return each title's lines: at most two, and as many for all."""
    if not table.header:
        return [("",) for _ in table.columns]
    shown = [printable(c.title) if unicode else ascii_only(printable(c.title)) for c in table.columns]
    folded: list[tuple[str, ...]] = []
    for title, width, column in zip(shown, widths, table.columns, strict=True):
        head, underscore, tail = title.rpartition("_")
        fold = column.fold and head and cells(title) > width
        folded.append((head + underscore, tail) if fold else ("", title))
    return folded


def _level(titles: list[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Take away a first line that no title needs."""
    return tuple(titles) if any(first for first, *_ in titles) else tuple(lines[-1:] for lines in titles)


def _texts(column: list[Cell], *, unicode: bool) -> list[str]:
    pairs = [
        (_bar(cell.share, unicode=unicode), "") if isinstance(cell, Bar) else spoken(cell) for cell in column
    ]
    unit = max((len(suffix) for _, suffix in pairs), default=0)
    texts = [
        text if isinstance(cell, str) else _with_unit(text, suffix, unit)
        for cell, (text, suffix) in zip(column, pairs, strict=True)
    ]
    return texts if unicode else [ascii_only(text) for text in texts]


def _with_unit(number: str, suffix: str, unit: int) -> str:
    """Pad the unit so that numbers stand under numbers: ``1.5 k``, ``  3  ``."""
    return f"{number} {suffix:<{unit}}" if unit and number else number


def _bar(share: float, *, unicode: bool) -> str:
    if not unicode:
        return "#" * round(share * LONGEST_BAR)
    whole, part = divmod(round(share * LONGEST_BAR * 8), 8)
    return "█" * whole + _EIGHTHS[part] or ("▏" if share else "")


def _staying(columns: tuple[Column, ...], widths: list[int], width: int | None) -> list[int]:
    """Return the indexes of the columns that stay, dropping by ``Column.drop``."""
    stay = list(range(len(columns)))
    least = [min(w, SHORTEST_WRAP) if c.wrap else w for c, w in zip(columns, widths, strict=True)]
    while width is not None and _together([least[i] for i in stay]) > width:
        last = max(stay, key=lambda i: (columns[i].drop, i))
        if not columns[last].drop:
            break
        stay.remove(last)
    return stay


def _narrowed(columns: list[Column], widths: list[int], width: int | None) -> list[int]:
    """Give the wrapping column what the others leave."""
    for i, column in enumerate(columns):
        if column.wrap and width is not None:
            others = _together(widths) - widths[i]
            widths[i] = min(widths[i], max(SHORTEST_WRAP, width - others))
    return widths


def _together(widths: list[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)
