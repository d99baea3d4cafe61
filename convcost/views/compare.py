"""Networks side by side: metrics down, networks across, ratios to the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.comparison import aligned, ratio
from convcost.cost import METRICS, SUMMABLE
from convcost.engine import rollup
from convcost.report import last_map
from convcost.view import Amount, Column, Heading, Note, Table, View
from convcost.views.cells import amount, conventions, field_size, shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcost.comparison import Comparison
    from convcost.report import Report
    from convcost.view import Cell


def view(comparison: Comparison) -> View:
    """Return the totals of all networks with their ratios."""
    reports = comparison.reports
    rows: list[tuple[Cell, ...]] = [("input", *_spread([shape(r.input) for r in reports]))]
    for name in SUMMABLE:
        rows.append((name, *_figures(comparison, name)))
        if name == "peak_bytes":
            rows.append(("  fused", *_paired([r.peaks["fused"].bytes for r in reports], "bytes")))
    rows.append(("intensity", *_spread([amount(r.totals, "intensity") for r in reports])))
    rows.append(("receptive_field", *_spread([_field(r) for r in reports])))
    rows.append(("layers", *_paired([len(r.layers) for r in reports], "count")))
    table = Table(_columns("metric", comparison.labels), tuple(rows))
    head = Heading(f"{comparison.labels[0]} is the baseline")
    return View((head, table, conventions(reports)), _data("metric", comparison.labels, rows))


def layers_view(comparison: Comparison, metric: str, depth: int | None) -> View:
    """Return one metric layer by layer (or stage by stage), aligned by name."""
    unit = METRICS[metric].unit
    rows: list[tuple[Cell, ...]] = [
        (name, *_paired(values, unit))
        for name, values in aligned([_by_name(r, metric, depth) for r in comparison.reports])
    ]
    total = ("total", *_figures(comparison, metric))
    what = "layer" if depth is None else "stage"
    table = Table(_columns(what, comparison.labels), tuple(rows), total)
    head = Heading(f"{metric} by {what}; {comparison.labels[0]} is the baseline")
    note = Note("– has no layer of this name", "dim")
    absent = [note] if any(None in row[1::2] for row in rows) else []
    return View(
        (head, table, *absent, conventions(comparison.reports)),
        _data(what, comparison.labels, [*rows, total]),
    )


def _by_name(report: Report, metric: str, depth: int | None) -> Mapping[str, int]:
    if depth is None:
        return {layer.name: layer.metric(metric) for layer in report.layers}
    return {group.name: group.totals.metric(metric) for group in rollup(report, depth)}


def _columns(first: str, labels: tuple[str, ...]) -> tuple[Column, ...]:
    """Return a column per network, each but the first followed by its ratio.

    Where room is short, the last networks' columns go first.
    """
    columns = [Column(first, style="name"), Column(labels[0], right=True)]
    for place, label in enumerate(labels[1:], 1):
        columns.append(Column(label, right=True, drop=2 * place if place > 1 else 0))
        columns.append(Column("ratio", right=True, drop=2 * place - 1, style="dim"))
    return tuple(columns)


def _figures(comparison: Comparison, metric: str) -> tuple[Cell, ...]:
    return _paired([r.totals.metric(metric) for r in comparison.reports], METRICS[metric].unit)


def _paired(values: list[int] | tuple[int | None, ...], unit: str) -> tuple[Cell, ...]:
    """Return the cells of a row: each value, behind all but the first its ratio."""
    first = values[0]
    cells: list[Cell] = [_cell(first, unit)]
    for value in values[1:]:
        of = None if value is None or first is None else ratio(value, first)
        cells += [_cell(value, unit), None if of is None else Amount(of, "times")]
    return tuple(cells)


def _spread(values: Sequence[Cell]) -> tuple[Cell, ...]:
    """Return the cells of a row without ratios."""
    cells: list[Cell] = [values[0]]
    for value in values[1:]:
        cells += [value, ""]
    return tuple(cells)


def _cell(value: int | None, unit: str) -> Cell:
    return None if value is None else Amount(value, unit)


def _field(report: Report) -> Cell:
    layer = last_map(report)
    return field_size(layer) if layer else ""


def _data(first: str, labels: tuple[str, ...], rows: list[tuple[Cell, ...]]) -> Table:
    titles = [first, labels[0]] + [t for label in labels[1:] for t in (label, f"{label} ratio")]
    return Table(tuple(Column(t) for t in titles), tuple((str(row[0]).strip(), *row[1:]) for row in rows))
