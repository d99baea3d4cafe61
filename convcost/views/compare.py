"""Networks side by side: metrics down, networks across, ratios to the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.comparison import aligned, ratio
from convcost.cost import METRICS, SUMMABLE
from convcost.engine import rollup
from convcost.report import last_map
from convcost.view import Amount, Column, Heading, Note, Sizes, Table, View
from convcost.views.cells import amount, conventions, field_size

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from convcost.comparison import Comparison
    from convcost.report import Report
    from convcost.view import Cell


class Line(NamedTuple):
    """A row: one cell per network, and the numbers that ratios are made of, where there are any."""

    name: str
    cells: Sequence[Cell]
    numbers: Sequence[int | None] = ()


def view(comparison: Comparison) -> View:
    """Return the totals of all networks with their ratios."""
    reports = comparison.reports
    rows = [Line("input", [Sizes(report.input) for report in reports])]
    for name in SUMMABLE:
        rows.append(_numbers(name, [report.totals.metric(name) for report in reports], METRICS[name].unit))
        if name == "peak_bytes":
            rows.append(_numbers("  fused", [report.peaks["fused"].bytes for report in reports], "bytes"))
    rows.append(Line("intensity", [amount(report.totals, "intensity") for report in reports]))
    rows.append(Line("receptive_field", [_field(report) for report in reports]))
    rows.append(_numbers("layers", [len(report.layers) for report in reports], "count"))
    table = Table(_columns("metric", comparison.labels), rows)
    return View((_head(comparison), table, conventions(reports)), table)


def layers_view(comparison: Comparison, metric: str, depth: int | None) -> View:
    """Return one metric layer by layer (or stage by stage), aligned by name."""
    unit = METRICS[metric].unit
    lined_up = aligned([_by_name(report, metric, depth) for report in comparison.reports])
    rows = [_numbers(name, values, unit) for name, values in lined_up]
    total = _numbers("total", [report.totals.metric(metric) for report in comparison.reports], unit)
    what = "layer" if depth is None else "stage"
    columns = _columns(what, comparison.labels)
    absent = any(None in row.numbers for row in rows)
    notes = [Note(f"– has no {what} of this name", "dim")] if absent else []
    return View(
        (
            Heading(f"{metric} by {what}; {comparison.labels[0]} is the baseline"),
            Table(columns, rows, total),
            *notes,
            conventions(comparison.reports),
        ),
        Table(columns, [*rows, total]),
    )


def _head(comparison: Comparison) -> Heading:
    return Heading(f"{comparison.labels[0]} is the baseline")


def _by_name(report: Report, metric: str, depth: int | None) -> Mapping[str, int]:
    if depth is None:
        return {layer.name: layer.metric(metric) for layer in report.layers}
    return {group.name: group.totals.metric(metric) for group in rollup(report, depth)}


def _numbers(name: str, values: Sequence[int | None], unit: str) -> Line:
    return Line(name, [None if value is None else Amount(value, unit) for value in values], values)


def _columns(first: str, labels: tuple[str, ...]) -> list[Column[Line]]:
    """Return a column per network, each but the first followed by its ratio.

    Where room is short, the last networks' columns are hidden first.
    """
    columns: list[Column[Line]] = [
        Column(first, lambda line: line.name, key="", style="name"),
        Column(first, lambda line: line.name.strip(), hidden=True),
    ]
    for place, label in enumerate(labels):
        columns.append(Column(label, _value(place), right=True, drop=2 * place if place > 1 else 0))
        if place:
            columns.append(
                Column(
                    "ratio", _ratio(place), key=f"{label} ratio", right=True, drop=2 * place - 1, style="dim"
                )
            )
    return columns


def _value(place: int) -> Callable[[Line], Cell]:
    return lambda line: line.cells[place]


def _ratio(place: int) -> Callable[[Line], Cell]:
    def cell(line: Line) -> Cell:
        if not line.numbers:
            return ""
        value, baseline = line.numbers[place], line.numbers[0]
        of = None if value is None or baseline is None else ratio(value, baseline)
        return None if of is None else Amount(of, "times")

    return cell


def _field(report: Report) -> Cell:
    layer = last_map(report)
    return field_size(layer) if layer else ""
