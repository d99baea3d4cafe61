"""A view's data as CSV (RFC 4180, one header): exact values, no units, no rounding."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from convcost.render.text import plain, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.view import Cell, View


def render(views: Iterable[View]) -> str:
    """Return the data tables of all views under one header; they share their columns."""
    tables = [view.data for view in views if view.data]
    text = StringIO()
    lines = csv.writer(text, lineterminator="\n")
    if tables:
        lines.writerow([column.name for column in tables[0].for_programs()])
    for table in tables:
        lines.writerows(map(_text, row) for row in table.rows(table.for_programs()))
    return text.getvalue()


def _text(cell: Cell) -> str:
    """Return a cell's text; a list and a truth value are written as JSON writes them."""
    from json import dumps

    value = plain(cell)
    if isinstance(value, str):
        return _inert(value) if isinstance(cell, str) else value
    return "" if value is None else dumps(value) if isinstance(value, bool | list) else str(value)


def _inert(text: str) -> str:
    """Return text that a spreadsheet will not take for a formula, nor a terminal for a command."""
    text = printable(text)
    return "'" + text if text.startswith(("=", "+", "-", "@")) else text
