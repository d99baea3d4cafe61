"""How a table finds room: which columns stay, how wide each is, how bars are drawn.

Numbers are never cropped. Where room is short, the column that matters least is hidden first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.render.text import ascii_only, cells, printable, spoken
from convcost.view import Amount, Bar, Quotient, Word

if TYPE_CHECKING:
    from convcost.view import Cell, Column, Table

GAP = "  "
LONGEST_BAR = 12
SHORTEST_WRAP = 16
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


class Text(NamedTuple):
    """A cell as it is shown, and its own style where it has one."""

    text: str
    style: str = ""


class Grid(NamedTuple):
    """A table laid out: the columns that stay, their widths, the texts, and the titles that are hidden.

    ``titles`` has for each column its title's lines, the same number for all.
    """

    columns: tuple[Column[Any], ...]
    widths: tuple[int, ...]
    titles: tuple[tuple[str, ...], ...]
    rows: list[tuple[Text, ...]]
    total: tuple[Text, ...] | None
    hidden: tuple[str, ...]


def lay_out(table: Table[Any], width: int | None, *, unicode: bool) -> Grid:
    """Turn cells into texts and choose the columns for which ``width`` cells have room."""
    every = table.for_people()
    items = [*table.items, *([] if table.total is None else [table.total])]
    columns = [_texts([column.cell(item) for item in items], unicode=unicode) for column in every]
    widths = [max((cells(text.text) for text in texts), default=0) for texts in columns]
    titles = _titles(every, widths, header=table.header, unicode=unicode)
    widths = [max(width, *map(cells, title)) for width, title in zip(widths, titles, strict=True)]
    stay = _staying(every, widths, width)
    rows = list(zip(*(columns[i] for i in stay), strict=True))
    return Grid(
        tuple(every[i] for i in stay),
        tuple(_narrowed([every[i] for i in stay], [widths[i] for i in stay], width)),
        _level([titles[i] for i in stay]),
        rows[: len(table.items)],
        None if table.total is None else rows[-1],
        tuple(column.title for i, column in enumerate(every) if i not in stay and column.title),
    )


def _titles(
    columns: list[Column[Any]], widths: list[int], *, header: bool, unicode: bool
) -> list[tuple[str, ...]]:
    """Return each title's lines: at most two, and as many for all."""
    if not header:
        return [("",) for _ in columns]
    shown = [printable(c.title) if unicode else ascii_only(printable(c.title)) for c in columns]
    folded: list[tuple[str, ...]] = []
    for title, width, column in zip(shown, widths, columns, strict=True):
        head, underscore, tail = title.rpartition("_")
        fold = column.fold and head and cells(title) > width
        folded.append((head + underscore, tail) if fold else ("", title))
    return folded


def _level(titles: list[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Take away a first line that no title needs."""
    return tuple(titles) if any(first for first, *_ in titles) else tuple(lines[-1:] for lines in titles)


def _texts(column: list[Cell], *, unicode: bool) -> list[Text]:
    pairs = [
        (_bar(cell.part, cell.whole, unicode=unicode), "") if isinstance(cell, Bar) else spoken(cell)
        for cell in column
    ]
    unit = max((len(suffix) for _, suffix in pairs), default=0)
    texts = [
        _with_unit(text, suffix, unit) if isinstance(cell, Amount | Quotient) or cell is None else text
        for cell, (text, suffix) in zip(column, pairs, strict=True)
    ]
    return [
        Text(text if unicode else ascii_only(text), cell.style if isinstance(cell, Word) else "")
        for cell, text in zip(column, texts, strict=True)
    ]


def _with_unit(number: str, suffix: str, unit: int) -> str:
    """Pad the unit so that numbers stand under numbers: ``1.5 k``, ``  3  ``."""
    return f"{number} {suffix:<{unit}}" if unit and number else number


def _bar(part: float, whole: float, *, unicode: bool) -> str:
    share = part / (whole or 1)
    if not unicode:
        return "#" * round(share * LONGEST_BAR)
    full, eighths = divmod(round(share * LONGEST_BAR * 8), 8)
    return "█" * full + _EIGHTHS[eighths] or ("▏" if share else "")


def _staying(columns: list[Column[Any]], widths: list[int], width: int | None) -> list[int]:
    """Return the indexes of the columns that stay, dropping by ``Column.drop``."""
    stay = list(range(len(columns)))
    least = [min(w, SHORTEST_WRAP) if c.wrap else w for c, w in zip(columns, widths, strict=True)]
    while width is not None and _together([least[i] for i in stay]) > width:
        last = max(stay, key=lambda i: (columns[i].drop, i))
        if not columns[last].drop:
            break
        stay.remove(last)
    return stay


def _narrowed(columns: list[Column[Any]], widths: list[int], width: int | None) -> list[int]:
    """Give the wrapping column what the others leave."""
    for i, column in enumerate(columns):
        if column.wrap and width is not None:
            others = _together(widths) - widths[i]
            widths[i] = min(widths[i], max(SHORTEST_WRAP, width - others))
    return widths


def _together(widths: list[int]) -> int:
    return sum(widths) + len(GAP) * (len(widths) - 1)
