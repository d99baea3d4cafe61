"""Where 1×1 reductions stop paying, and for a few a chart of cost over width."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.reductions.breakeven import FRACTIONS, QUANTITIES
from convcost.report import Effect
from convcost.view import Amount, Bar, Column, Heading, Note, Table, View
from convcost.views.cells import MOST, effect, left_out
from convcost.views.reductions import short

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from convcost.reductions.breakeven import BreakEven
    from convcost.view import Block, Cell

MOST_CHARTS = 3
STEPS = 8
NEVER = "never"


def view(rows: Sequence[BreakEven], label: str, settings: str, *, full: bool = False) -> View:
    """Return the table of break-even widths, and charts where only a few are asked for."""
    data = Table(_columns(), rows)
    blocks: list[Block] = [Heading(f"{label}: the largest width at which a 1×1 reduction saves")]
    if rows:
        shown = rows if full or len(rows) <= MOST else sorted(rows, key=lambda row: -row.macs.without)[:MOST]
        blocks += [Table(data.columns, shown), *left_out(len(rows) - len(shown), "convolution", "--full")]
    else:
        blocks.append(Note("It has no dense convolution with a kernel larger than 1 and weights of its own."))
    if 0 < len(rows) <= MOST_CHARTS:
        blocks += [block for row in rows for block in _chart(row)]
    elif rows:
        blocks.append(Note("--only LAYER draws the cost over the width.", "dim"))
    return View((*blocks, Note(settings, "dim")), data)


def _columns() -> list[Column[BreakEven]]:
    return [
        Column("layer", lambda row: short(row.layer), key="", style="name"),
        Column("layer", lambda row: row.layer, hidden=True),
        Column("readers", lambda row: " ".join(row.readers), hidden=True),
        Column("channels", lambda row: Amount(row.wide, whole=True), right=True),
        Column("now", lambda row: _width(row.width, None), key="width", right=True),
        Column("sandwich", lambda row: row.sandwich, hidden=True),
        *map(_largest, QUANTITIES),
        Column("macs now", _now, key="", right=True),
        *(Column(f"at 1/{part}", _at(part), key="", right=True, drop=part) for part in FRACTIONS),
        Column("macs_without", lambda row: Amount(row.macs.without), hidden=True),
        Column("params_without", lambda row: Amount(row.params.without), hidden=True),
        Column(
            "points", lambda row: " ".join(f"{p.width}:{p.macs}:{p.params}" for p in row.points), hidden=True
        ),
    ]


def _largest(name: str) -> Column[BreakEven]:
    return Column(
        name, lambda row: _width(row.largest[name], NEVER), key=f"largest_{name}", right=True, fold=True
    )


def _width(width: int | None, absent: str | None) -> Cell:
    return absent if width is None else Amount(width, whole=True)


def _now(row: BreakEven) -> Cell:
    return None if row.width is None else effect(Effect(row.macs.at(row.width), row.macs.without))


def _at(part: int) -> Callable[[BreakEven], Cell]:
    def cell(row: BreakEven) -> Cell:
        width = row.wide // part
        return effect(Effect(row.macs.at(width), row.macs.without)) if width else None

    return cell


class Step(NamedTuple):
    """A row of the chart: a width (None: no reduction), its macs, and what is said beside it."""

    width: int | None
    macs: int
    remark: str


def _chart(row: BreakEven) -> list[Block]:
    """Return macs over the width, the present width and the break-even marked."""
    marks = _marks(row)
    steps = {max(1, row.wide * step // STEPS) for step in range(1, STEPS + 1)}
    rows = [Step(width, row.macs.at(width), marks.get(width, "")) for width in sorted(steps | set(marks))]
    rows.append(Step(None, row.macs.without, "without reduction"))
    largest = max(step.macs for step in rows)
    columns: tuple[Column[Step], ...] = (
        Column("width", lambda step: _width(step.width, "none"), right=True, style="name"),
        Column("macs", lambda step: Amount(step.macs), right=True),
        Column("", lambda step: Bar(step.macs, largest), style="bar"),
        Column(
            "",
            lambda step: "" if step.width is None else effect(Effect(step.macs, row.macs.without)),
            right=True,
        ),
        Column("", lambda step: step.remark, wrap=True),
    )
    return [Heading(f"{short(row.layer)}: macs over the width"), Table(columns, rows)]


def _marks(row: BreakEven) -> dict[int, str]:
    """Return what is said beside a width."""
    names: dict[int, list[str]] = {}
    for name, width in row.largest.items():
        if width is not None:
            names.setdefault(width, []).append(name)
    marks = {width: f"◀ break-even: {', '.join(those)}" for width, those in names.items()}
    if row.width is not None:
        before = marks.get(row.width)
        marks[row.width] = "now" + (f"; {before}" if before else "")
    return marks
