"""Where 1×1 reductions stop paying, and for a few a chart of cost over width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.reductions.breakeven import QUANTITIES
from convcost.to_json.report import SCHEMA_VERSION
from convcost.version import __version__
from convcost.view import Amount, Bar, Column, Heading, Note, Table, View
from convcost.views.reductions import factor, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.reductions.breakeven import BreakEven
    from convcost.view import Cell

MOST_CHARTS = 3
STEPS = 8
NEVER = "never"


def view(rows: Sequence[BreakEven], label: str, settings: str) -> View:
    """Return the table of break-even widths, and charts where only a few are asked for."""
    charts = [block for row in rows for block in _chart(row)] if len(rows) <= MOST_CHARTS else []
    more = [] if charts or not rows else [Note("--only LAYER draws the cost over the width.", "dim")]
    none = [] if rows else [Note("It has no dense convolution with a kernel larger than 1.")]
    head = Heading(f"{label}: the largest width at which a 1×1 reduction saves")
    body = [_table(rows)] if rows else none
    return View((head, *body, *charts, *more, Note(settings, "dim")), _data(rows))


def _table(rows: Sequence[BreakEven]) -> Table:
    columns = (
        Column("reduction or convolution", style="name"),
        Column("channels", right=True),
        Column("now", right=True),
        *(Column(name, right=True, fold=True) for name in QUANTITIES),
        Column("saves now", right=True, style="strong"),
        *(Column(f"at 1/{part}", right=True, drop=order) for order, part in ((1, 2), (2, 4), (3, 8))),
    )
    return Table(columns, tuple(_row(row) for row in rows))


def _row(row: BreakEven) -> tuple[Cell, ...]:
    saved = {point.width: factor(point.macs, row.macs.without) for point in row.points}
    return (
        short(row.layer),
        Amount(row.wide, whole=True),
        None if row.width is None else Amount(row.width, whole=True),
        *(NEVER if width is None else Amount(width, whole=True) for width in row.largest.values()),
        saved.get(row.width) if row.width is not None else None,
        *(saved.get(row.wide // part) for part in (2, 4, 8)),
    )


def _chart(row: BreakEven) -> list[Heading | Table | Note]:
    """Return macs over the width, the present width and the break-even marked."""
    marks = _marks(row)
    steps = {max(1, row.wide * step // STEPS) for step in range(1, STEPS + 1)}
    widths = sorted(steps | set(marks))
    largest = max(row.macs.without, *(row.macs.at(width) for width in widths))
    columns = (
        Column("width", right=True, style="name"),
        Column("macs", right=True),
        Column("", style="bar"),
        Column("factor", right=True),
        Column("", wrap=True),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            Amount(width, whole=True),
            Amount(row.macs.at(width)),
            Bar(row.macs.at(width) / largest),
            factor(row.macs.at(width), row.macs.without),
            marks.get(width, ""),
        )
        for width in widths
    ]
    bare: tuple[Cell, ...] = (
        "none",
        Amount(row.macs.without),
        Bar(row.macs.without / largest),
        "",
        "without reduction",
    )
    return [Heading(f"{short(row.layer)}: macs over the width"), Table(columns, (*rows, bare))]


def _marks(row: BreakEven) -> dict[int, str]:
    """Return what is said beside a width."""
    said: dict[int, list[str]] = {}
    for name, width in row.largest.items():
        if width is not None:
            said.setdefault(width, []).append(name)
    marks = {width: f"◀ break-even: {', '.join(names)}" for width, names in said.items()}
    if row.width is not None:
        before = marks.get(row.width)
        marks[row.width] = "now" + (f"; {before}" if before else "")
    return marks


def document(rows: Sequence[BreakEven]) -> dict[str, Any]:
    """Return the rows as JSON has them; null where no width saves."""
    return {
        "schema_version": SCHEMA_VERSION,
        "convcost": __version__,
        "breakeven": [
            {
                "layer": row.layer,
                "readers": list(row.readers),
                "channels": row.wide,
                "width": row.width,
                "sandwich": row.sandwich,
                "largest": row.largest,
                "points": [point._asdict() for point in row.points],
                "without": {"macs": row.macs.without, "params": row.params.without},
            }
            for row in rows
        ],
    }


def _data(rows: Sequence[BreakEven]) -> Table:
    titles = (
        "layer",
        "readers",
        "channels",
        "width",
        "sandwich",
        *(f"largest_{name}" for name in QUANTITIES),
        "macs_without",
        "params_without",
        "points",
    )
    body: list[tuple[Cell, ...]] = [
        (
            row.layer,
            " ".join(row.readers),
            Amount(row.wide),
            None if row.width is None else Amount(row.width),
            str(row.sandwich).lower(),
            *(None if width is None else Amount(width) for width in row.largest.values()),
            Amount(row.macs.without),
            Amount(row.params.without),
            " ".join(f"{p.width}:{p.macs}:{p.params}" for p in row.points),
        )
        for row in rows
    ]
    return Table(tuple(Column(title) for title in titles), tuple(body))
