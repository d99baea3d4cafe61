"""One network: where its cost is, and last, where a terminal stops scrolling, what it comes to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from convcost.cost import METRICS, SUMMABLE
from convcost.engine import rollup
from convcost.report import FIELDS, last_map
from convcost.units import human
from convcost.view import Amount, Bar, Column, Heading, Note, Quotient, Sizes, Table, View
from convcost.views import reductions
from convcost.views.cells import (
    MOST,
    SORTABLE,
    amount,
    conventions,
    effect,
    field_size,
    field_sizes,
    many,
    per_dim,
    title,
    value_of,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.report import Effect, LayerCost, Live, Report, Totals
    from convcost.view import Block, Cell

PARTS: tuple[str, ...] = ("stages", "layers", "sites", "roles", "peak", "totals")
"""What can be asked for by itself, in the order it is shown."""

FULL: tuple[str, ...] = ("stages", "sites", "roles", "peak", "totals")

MOST_LIVE = 8
"""Tensors listed at the peak; the rest is summed."""

# Each metric's column and when it is hidden: the higher, the sooner (see view.Column.drop).
_DROPS: dict[str, int] = {
    "params": 2,
    "activation_bytes": 3,
    "peak_bytes": 5,
    "saved_bytes": 6,
    "flops": 7,
    "traffic_bytes": 8,
    "weight_bytes": 10,
    "intensity": 11,
}
_SHORT = ("params", "activation_bytes", "peak_bytes", "saved_bytes")


class Choice(NamedTuple):
    """What is shown: some PARTS (none: the short answer), and how the rows of stages or layers are chosen.

    Stages are names of ``depth`` levels. ``sort`` ranks rows by a metric, ``top`` cuts them.
    """

    parts: tuple[str, ...] = ()
    depth: int = 1
    sort: str | None = None
    top: int | None = None


class Line(NamedTuple):
    """A row of the table: a layer or a group of layers, and the layer its output is."""

    name: str
    figures: LayerCost | Totals
    last: LayerCost
    layers: int

    @property
    def op(self) -> str:
        """The op of a single layer; a group has none."""
        return self.last.op if self.layers == 1 else ""

    @property
    def role(self) -> str:
        """The role of a single 1×1 convolution."""
        return (self.last.role or "") if self.layers == 1 else ""

    @property
    def macs(self) -> int:
        """Its multiply-accumulates."""
        return self.figures.metric("macs")


SHORT = Choice()


def view(report: Report, label: str, choice: Choice = SHORT, more: Sequence[Block] = ()) -> View:
    """Return what ``analyze`` shows of a network; ``label`` is what the user called it.

    ``more`` comes after the title.
    """
    head = (Heading(title(report, label)), *more)
    if not choice.parts:
        lines = _lines(report, choice)
        blocks = [*_stages(report, label, lines, choice), *reductions.important(report), *answer(report)]
        every = _table(report, label, lines[: choice.top], choice)
        return View((*head, *blocks, conventions([report])), every)
    parts = {name: _part(report, label, choice, name) for name in PARTS if name in choice.parts}
    tables = [block for blocks in parts.values() for block in blocks if isinstance(block, Table)]
    blocks = [block for part in parts.values() for block in part]
    return View((*head, *blocks, conventions([report])), tables[0] if tables else None)


def answer(report: Report) -> list[Block]:
    """Return the totals that matter most, with and without reductions, and what they mean."""
    said = reductions.meaning(report)
    rows = [row for row in _total_rows(report) if row.name in reductions.COMPARED and row.policy != "fused"]
    return [_totals(report, rows), *_untrainable(report), *([Note(said, "strong")] if said else [])]


def _untrainable(report: Report) -> list[Block]:
    why = report.untrainable
    return [Note(f"no training step runs at batch {report.batch}: {why}", "bad")] if why else []


def _part(report: Report, label: str, choice: Choice, name: str) -> list[Block]:
    if name in ("stages", "layers"):
        by = choice._replace(parts=(name,))
        lines = _lines(report, by)
        return [_table(report, label, lines[: by.top], by), *_left_out(lines, by)]
    if name == "totals":
        said = reductions.meaning(report)
        return [
            _totals(report, _total_rows(report)),
            *_remarks(report),
            *_untrainable(report),
            *([Note(said, "strong")] if said else []),
        ]
    return {"sites": reductions.every_site, "roles": reductions.roles, "peak": _peak}[name](report)


def _stages(report: Report, label: str, lines: list[Line], choice: Choice) -> list[Block]:
    """Return the stages, the largest first where there are too many."""
    if len(lines) > (choice.top or MOST):
        choice = choice._replace(sort=choice.sort or "macs", top=choice.top or MOST)
        lines = _ranked(lines, choice)
    return [_table(report, label, lines[: choice.top], choice), *_left_out(lines, choice)]


def _lines(report: Report, choice: Choice) -> list[Line]:
    """Return the rows there are, layers or stages, ranked; ``choice.top`` of them are shown."""
    if "layers" in choice.parts:
        lines = [Line(layer.name, layer, layer, 1) for layer in report.layers]
    else:
        depth = choice.depth
        last = {".".join(layer.name.split(".", depth)[:depth]): layer for layer in report.layers}
        lines = [Line(g.name, g.totals, last[g.name], g.layers) for g in rollup(report, depth)]
    return _ranked(lines, choice)


def _ranked(lines: list[Line], choice: Choice) -> list[Line]:
    metric = choice.sort
    if metric is None:
        return lines
    return sorted(lines, key=lambda line: value_of(line.figures, metric), reverse=True)


def _left_out(lines: list[Line], choice: Choice) -> list[Block]:
    rest = [] if choice.top is None else lines[choice.top :]
    if not rest:
        return []
    what = many(len(rest), "more layer" if "layers" in choice.parts else "more stage")
    how = "" if choice.parts else "; --stages shows all"
    return [Note(f"{what}, {human(sum(line.macs for line in rest), 'count')} macs together{how}", "dim")]


def _table(report: Report, label: str, lines: list[Line], choice: Choice) -> Table[Line]:
    """Return layers or stages, the metric they are ranked by first."""
    metric = choice.sort or "macs"
    what = "layer" if "layers" in choice.parts else "stage"
    largest = max((value_of(line.figures, metric) for line in lines), default=0)
    others = [name for name in (("macs", *_DROPS) if choice.parts else ("macs", *_SHORT)) if name != metric]

    def measured(name: str) -> Column[Line]:
        column = _metric(name)
        return replace(column, cell=lambda _: None) if _unmeasurable(report, name) else column

    columns: list[Column[Line]] = [
        Column("network", lambda _: label, hidden=True),
        Column(what, lambda line: line.name, key="name", style="name"),
        Column("op", lambda line: line.op or many(line.layers, "layer"), key="", drop=4),
        Column("op", lambda line: line.op, hidden=True),
        Column("role", lambda line: line.role, drop=3, hidden=not any(line.role for line in lines)),
        Column("layers", lambda line: Amount(line.layers), hidden=True),
        Column("output", lambda line: Sizes(line.last.output), right=True, drop=1),
        replace(measured(metric), drop=0, style="strong"),
        Column("share", lambda line: _share(report, line, metric), key="", right=True, drop=1),
        Column("", lambda line: Bar(value_of(line.figures, metric), largest), drop=3, style="bar"),
        *map(measured, others),
        *(replace(measured(name), key=name, hidden=True) for name in SORTABLE),
    ]
    return Table((*columns, *_field_columns(hidden=not choice.parts)), lines)


def _metric(name: str) -> Column[Line]:
    return Column(
        name,
        lambda line: amount(line.figures, name),
        key="",
        right=True,
        drop=_DROPS.get(name, 1),
        fold=True,
    )


def _unmeasurable(report: Report, metric: str) -> bool:
    """Whether a metric means nothing: saved bytes, where no training step runs."""
    return metric == "saved_bytes" and report.untrainable is not None


def _share(report: Report, line: Line, metric: str) -> Cell:
    if metric == "intensity":
        return None
    return Quotient(line.figures.metric(metric), report.totals.metric(metric))


def _field_columns(*, hidden: bool) -> list[Column[Line]]:
    def sizes(name: str) -> Column[Line]:
        part = FIELDS[name]
        return Column(name, lambda line: Sizes(tuple(getattr(f, part) for f in line.last.field)), hidden=True)

    people = Column[Line](
        "receptive_field",
        lambda line: field_size(line.last),
        "",
        right=True,
        drop=9,
        fold=True,
        hidden=hidden,
    )
    return [people, *map(sizes, FIELDS)]


class Total(NamedTuple):
    """A row of the totals: a metric, its value, and what reductions do to it."""

    name: str
    value: Cell
    exact: Cell = ""
    effect: Effect | None = None
    policy: str = ""


def _total_rows(report: Report) -> list[Total]:
    """Return every metric of the network: rounded, whole, and what reductions do to it."""
    rows: list[Total] = []
    for name in SUMMABLE:
        if _unmeasurable(report, name):
            rows.append(Total(name, None))
            continue
        exact = whole(report.totals.metric(name), METRICS[name].unit)
        compared = report.effect(name) if name in reductions.COMPARED else None
        rows.append(Total(name, amount(report.totals, name), exact, compared))
        if name == "peak_bytes":
            fused = report.peaks["fused"].bytes
            exact = whole(fused, "bytes")
            rows.append(Total(name, Amount(fused, "bytes"), exact, report.fused_effect(), "fused"))
    rows.append(Total("intensity", amount(report.totals, "intensity")))
    last = last_map(report)
    return [*rows, Total("receptive_field", field_size(last))] if last and last.field else rows


def _remarks(report: Report) -> list[Block]:
    """Return what there is to say of single totals."""
    eager, fused, last = report.peaks["eager"], report.peaks["fused"], last_map(report)
    notes = [
        "flops: 2 × macs + biases + element-wise operations",
        "intensity: flops per byte of traffic",
        f"peak_bytes: eager at {eager.at}; fused at {fused.at}",
    ]
    if last and last.field:
        stride = per_dim(f.stride for f in last.field)
        larger = any(f.size > n for f, n in zip(last.field, report.input[1:], strict=True))
        size = f"receptive_field: {per_dim(field_sizes(last))} px, stride {stride}, at {last.name}"
        notes.append(size + ("; larger than the input" if larger else ""))
    return [Note(note, "dim") for note in notes]


def _totals(report: Report, rows: list[Total]) -> Table[Total]:
    """Return totals, beside what they were without reductions where there are any."""
    compared = any(row.effect for row in rows)
    columns: list[Column[Total]] = [
        Column("network", lambda _: report.name, hidden=True),
        Column("", lambda row: "  fused" if row.policy else row.name, key="", style="name"),
        Column("metric", lambda row: f"{row.name} {row.policy}".strip(), hidden=True),
        Column("with" if compared else "", lambda row: row.value, key="value", right=True, style="strong"),
        Column("", lambda row: row.exact, key="", right=True),
    ]
    if compared:
        columns += [
            Column("without", _without, right=True),
            Column("effect", lambda row: effect(row.effect), key="", right=True),
        ]
    return Table(columns, rows, header=compared)


def _without(row: Total) -> Cell:
    return "" if row.effect is None else Amount(row.effect.without, METRICS[row.name].unit)


def _peak(report: Report) -> list[Block]:
    """Say which tensors are alive where memory peaks."""
    peak = report.peaks["eager"]
    live = sorted(peak.live, key=lambda tensor: -tensor.bytes)
    columns: tuple[Column[Live], ...] = (
        Column("alive", lambda tensor: tensor.layer, style="name"),
        Column("what", lambda tensor: tensor.what),
        Column("bytes", lambda tensor: Amount(tensor.bytes, "bytes"), right=True),
        Column("share", lambda tensor: Quotient(tensor.bytes, peak.bytes), key="", right=True),
    )
    rest = live[MOST_LIVE:]
    more = f"{many(len(rest), 'more tensor')}, {human(sum(t.bytes for t in rest), 'bytes')} together"
    table = Table(columns, live[:MOST_LIVE])
    head = Heading(f"Peak of {human(peak.bytes, 'bytes')} at {peak.at}")
    return [head, table, *([Note(more, "dim")] if rest else [])] if live else []
