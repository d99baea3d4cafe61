"""A view's data as CSV (RFC 4180 quoting, one header): exact values, no units, no rounding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.render.text import exact, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.view import Cell, View


def render(views: Iterable[View]) -> str:
    """Return the data tables of all views under one header; they share their columns."""
    tables = [view.data for view in views if view.data]
    lines = [",".join(_quoted(c.title) for c in tables[0].columns)] if tables else []
    lines += [_line(row) for table in tables for row in table.rows]
    return "".join(line + "\n" for line in lines)


def _line(row: Iterable[Cell]) -> str:
    return ",".join(_quoted(_inert(cell) if isinstance(cell, str) else exact(cell)) for cell in row)


def _inert(text: str) -> str:
    """Return text that a spreadsheet will not take for a formula, nor a terminal for a command."""
    text = printable(text)
    return "'" + text if text.startswith(("=", "+", "-", "@")) else text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"') else text
