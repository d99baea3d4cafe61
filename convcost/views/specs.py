"""Lists of specs: those that ship with what they cost, and those found valid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.view import Amount, Column, Note, Table, View
from convcost.views.cells import conventions, shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.ir import Graph
    from convcost.report import Report


def view(reports: Sequence[tuple[str, Report]]) -> View:
    """Return the list of shipped specs and variants: what to type, and its figures."""
    columns = (
        Column("spec", style="name"),
        Column("input", right=True),
        Column("macs", right=True, style="strong"),
        Column("params", right=True),
        Column("peak_bytes", right=True, drop=1),
        Column("layers", right=True, drop=2),
    )
    rows = tuple(
        (
            name,
            shape(report.input),
            Amount(report.totals.cost.macs),
            Amount(report.totals.cost.params),
            Amount(report.totals.peak_bytes, "bytes"),
            Amount(len(report.layers)),
        )
        for name, report in reports
    )
    table = Table(columns, rows)
    hint = Note("`convcost specs NAME` prints a spec: a start for one of your own.", "dim")
    return View((table, hint, conventions(report for _, report in reports)), table)


def valid(graphs: Sequence[tuple[str, Graph]]) -> View:
    """Return the specs in which nothing is wrong."""
    columns = (
        Column("valid", style="good"),
        Column("input", right=True),
        Column("output", right=True),
        Column("layers", right=True),
    )
    rows = tuple(
        (
            spec,
            shape(graph.input),
            ", ".join(shape(graph.shapes[name]) for name in graph.outputs),
            Amount(len(graph.layers)),
        )
        for spec, graph in graphs
    )
    table = Table(columns, rows)
    return View((table,), table)
