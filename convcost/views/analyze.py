"""One network: its totals, its stages or layers, and where its memory peaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.cost import SUMMABLE
from convcost.engine import rollup
from convcost.report import last_map
from convcost.units import human
from convcost.view import Amount, Bar, Column, Heading, Note, Table, View
from convcost.views import reductions
from convcost.views.cells import (
    SORTABLE,
    amount,
    conventions,
    field_size,
    per_dim,
    shape,
    times,
    title,
    value_of,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.report import LayerCost, Peak, Report, Totals
    from convcost.view import Block, Cell

MOST_LIVE = 8
"""Tensors listed at the peak; the rest is summed."""

# Each metric's column and when it goes: the higher, the sooner (see view.Column.drop).
_COLUMNS: dict[str, int] = {
    "params": 2,
    "activation_bytes": 3,
    "peak_bytes": 5,
    "saved_bytes": 6,
    "flops": 7,
    "traffic_bytes": 8,
    "weight_bytes": 10,
    "intensity": 11,
}
_OP, _ROLE, _OUTPUT, _SHARE, _BAR, _FIELD = 4, 3, 1, 1, 3, 9


class Choice(NamedTuple):
    """Which rows are shown: grouped at ``depth`` levels (None: every layer), ranked, cut."""

    depth: int | None = 1
    sort: str | None = None
    top: int | None = None


class Line(NamedTuple):
    """A row of the table: a layer or a group of layers, and the layer its output is."""

    name: str
    figures: LayerCost | Totals
    last: LayerCost
    layers: int

    @property
    def op(self) -> str | None:
        """The op of a single layer; a group has none."""
        return self.last.op if self.layers == 1 else None


STAGES = Choice()


def view(report: Report, label: str, choice: Choice = STAGES, more: Sequence[Block] = ()) -> View:
    """Return everything ``analyze`` shows of a network; ``label`` is what the user called it.

    ``more`` stands behind the totals.
    """
    lines = _lines(report, choice.depth)
    shown = _ranked(lines, choice)
    blocks: list[Block] = [Heading(title(report, label)), _totals(report), *more, *_warnings(report)]
    if shown:
        blocks.append(_table(report, shown, choice))
    if len(shown) < len(lines):
        blocks.append(Note(_left_out(lines, shown, choice), "dim"))
    blocks += reductions.blocks(report)
    blocks += _peak(report.peaks["eager"])
    return View((*blocks, conventions([report])), _data(label, shown))


def _lines(report: Report, depth: int | None) -> list[Line]:
    if depth is None:
        return [Line(layer.name, layer, layer, 1) for layer in report.layers]
    last = {".".join(layer.name.split(".", depth)[:depth]): layer for layer in report.layers}
    return [Line(g.name, g.totals, last[g.name], g.layers) for g in rollup(report, depth)]


def _ranked(lines: list[Line], choice: Choice) -> list[Line]:
    metric = choice.sort
    if metric:
        lines = sorted(lines, key=lambda line: value_of(line.figures, metric), reverse=True)
    return lines[: choice.top]


def _left_out(lines: list[Line], shown: list[Line], choice: Choice) -> str:
    rest = len(lines) - len(shown)
    what = "layers" if choice.depth is None else "stages"
    macs = sum(line.figures.metric("macs") for line in lines) - sum(
        line.figures.metric("macs") for line in shown
    )
    return f"{rest} more {what if rest > 1 else what[:-1]}, together {human(macs, 'count')} macs (--top)"


def _totals(report: Report) -> Table:
    """Return every metric of the network: rounded, whole, and what there is to say of it."""
    totals = report.totals
    remarks = {
        "flops": "" if _compared(report) else "2 × macs + biases + element-wise operations",
        "peak_bytes": f"eager, at {report.peaks['eager'].at}",
    }
    rows: list[tuple[Cell, ...]] = []
    for name in SUMMABLE:
        value = totals.metric(name)
        beside = _beside(report, name, value)
        rows.append((name, amount(totals, name), whole(value, _unit(name)), *beside, remarks.get(name, "")))
        if name == "peak_bytes":
            rows.append(_fused(report))
    empty: tuple[Cell, ...] = ("", "", "")
    rows.append(("intensity", Amount(totals.intensity, "ratio"), *empty, "flops per byte of traffic"))
    rows += [(name, size, *empty, text) for name, size, text in _field_row(report)]
    columns = (
        Column("", style="name"),
        Column("", right=True, style="strong"),
        Column("", right=True),
        Column("without", right=True),
        Column("factor", right=True),
        Column("", wrap=True, style="dim"),
    )
    if _compared(report):
        return Table(columns, tuple(rows))
    kept = (0, 1, 2, 5)
    plain = tuple(tuple(row[i] for i in kept) for row in rows)
    return Table(tuple(columns[i] for i in kept), plain, header=False)


def _compared(report: Report) -> bool:
    """Whether a network without reductions stands beside the totals."""
    found = report.reductions
    return found is not None and bool(found.sites or found.projections)


def _beside(report: Report, name: str, value: int) -> tuple[Cell, ...]:
    """Return a metric without the reductions, and the factor between."""
    found = report.reductions
    if found is None or name not in reductions.COMPARED:
        return ("", "")
    without = found.totals_without.metric(name)
    return (Amount(without, _unit(name)), reductions.factor(value, without))


def _fused(report: Report) -> tuple[Cell, ...]:
    fused, found = report.peaks["fused"], report.reductions
    beside: tuple[Cell, ...] = ("", "")
    if found is not None:
        beside = (Amount(found.fused_without, "bytes"), reductions.factor(fused.bytes, found.fused_without))
    return (
        "",
        Amount(fused.bytes, "bytes"),
        whole(fused.bytes, "bytes"),
        *beside,
        f"fused, at {fused.at}",
    )


def _unit(name: str) -> str:
    return "bytes" if name.endswith("_bytes") else "count"


def _field_row(report: Report) -> list[tuple[str, Cell, str]]:
    layer = last_map(report)
    if layer is None or not layer.field:
        return []
    stride = per_dim(f.stride for f in layer.field)
    return [("receptive_field", field_size(layer), f"pixels, every {stride}, of {layer.name}")]


def _warnings(report: Report) -> list[Note]:
    layer = last_map(report)
    if layer is None or not any(f.size > n for f, n in zip(layer.field, report.input[1:], strict=True)):
        return []
    seen = times(f.size for f in layer.field)
    return [
        Note(f"The receptive field ({seen}) is larger than the input ({times(report.input[1:])}).", "warn")
    ]


def _table(report: Report, lines: list[Line], choice: Choice) -> Table:
    metric = choice.sort or "macs"
    largest = max(value_of(line.figures, metric) for line in lines) or 1
    others = [name for name in _COLUMNS if name != metric]
    names = ["macs", *others] if metric != "macs" else others
    roles = choice.depth is None and any(line.last.role for line in lines)
    columns = (
        Column("layer" if choice.depth is None else "stage", style="name"),
        Column("op", drop=_OP),
        *([Column("role", drop=_ROLE)] if roles else []),
        Column("output", right=True, drop=_OUTPUT),
        Column(metric, right=True, style="strong", fold=True),
        Column("share", right=True, drop=_SHARE),
        Column("", drop=_BAR, style="bar"),
        *(Column(name, right=True, drop=_COLUMNS.get(name, 1), fold=True) for name in names),
        Column("receptive_field", right=True, drop=_FIELD, fold=True),
    )
    whole_network = value_of(report.totals, metric) or 1
    rows = []
    for line in lines:
        value = value_of(line.figures, metric)
        share: tuple[Cell, ...] = (
            (Amount(value / whole_network, "percent"), Bar(value / largest))
            if metric != "intensity"
            else (None, Bar(value / largest))
        )
        rows.append(
            (
                line.name,
                line.op or f"{line.layers} layers",
                *([line.last.role or ""] if roles else []),
                shape(line.last.output),
                amount(line.figures, metric),
                *share,
                *(amount(line.figures, name) for name in names),
                field_size(line.last),
            )
        )
    return Table(columns, tuple(rows))


def _peak(peak: Peak) -> list[Block]:
    """Say which tensors are alive where memory peaks."""
    live = sorted(peak.live, key=lambda tensor: -tensor.bytes)
    rows: list[tuple[Cell, ...]] = [
        (t.layer, t.what, Amount(t.bytes, "bytes"), Amount(t.bytes / peak.bytes, "percent"))
        for t in live[:MOST_LIVE]
    ]
    if len(live) > MOST_LIVE:
        rest = sum(t.bytes for t in live[MOST_LIVE:])
        rows.append(
            (f"{len(live) - MOST_LIVE} more", "", Amount(rest, "bytes"), Amount(rest / peak.bytes, "percent"))
        )
    columns = (
        Column("alive", style="name"),
        Column("what"),
        Column("bytes", right=True),
        Column("share", right=True),
    )
    head = Heading(f"Peak of {human(peak.bytes, 'bytes')} at {peak.at}")
    return [head, Table(columns, tuple(rows))] if rows else []


def _data(label: str, lines: list[Line]) -> Table:
    """Return the rows with every metric, for programs."""
    titles = (
        "network",
        "name",
        "op",
        "role",
        "layers",
        "output",
        *SORTABLE,
        "receptive_field",
        "stride",
        "offset",
    )
    rows: list[tuple[Cell, ...]] = [
        (
            label,
            line.name,
            line.op or "",
            (line.last.role or "") if line.layers == 1 else "",
            Amount(line.layers),
            "x".join(map(str, line.last.output)),
            *(amount(line.figures, name) for name in SORTABLE),
            *("x".join(str(f[i]) for f in line.last.field) for i in range(3)),
        )
        for line in lines
    ]
    return Table(tuple(Column(name) for name in titles), tuple(rows))
