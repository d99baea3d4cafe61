"""Lists of specs: those that ship with what they cost, and those found valid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.units import sizes
from convcost.view import Amount, Column, Note, Sizes, Table, View
from convcost.views.cells import conventions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.ir import Graph
    from convcost.report import Report
    from convcost.view import Cell


def view(reports: Sequence[tuple[str, Report]]) -> View:
    """Return the list of shipped specs and variants: what to type, and its figures."""
    columns: tuple[Column[tuple[str, Report]], ...] = (
        Column("spec", lambda row: row[0], style="name"),
        Column("input", lambda row: Sizes(row[1].input), right=True),
        Column("macs", lambda row: Amount(row[1].totals.cost.macs), right=True, style="strong"),
        Column("params", lambda row: Amount(row[1].totals.cost.params), right=True),
        Column("peak_bytes", lambda row: Amount(row[1].totals.peak_bytes, "bytes"), right=True, drop=1),
        Column("layers", lambda row: Amount(len(row[1].layers)), right=True, drop=2),
    )
    table = Table(columns, reports)
    hint = Note("`convcost specs NAME` prints a spec: a start for one of your own.", "dim")
    return View((table, hint, conventions(report for _, report in reports)), table)


def valid(graphs: Sequence[tuple[str, Graph]]) -> View:
    """Return the specs in which nothing is wrong."""
    columns: tuple[Column[tuple[str, Graph]], ...] = (
        Column("valid", lambda row: row[0], style="good"),
        Column("input", lambda row: Sizes(row[1].input), right=True),
        Column("output", lambda row: _output(row[1]), right=True),
        Column("layers", lambda row: Amount(len(row[1].layers)), right=True),
    )
    table = Table(columns, graphs)
    return View((table,), table)


def _output(graph: Graph) -> Cell:
    """Return the shape of the output; several are named in one text."""
    shapes = [graph.shapes[name] for name in graph.outputs]
    return Sizes(shapes[0]) if len(shapes) == 1 else ", ".join(map(sizes, shapes))
