"""Tables made of rows that are cells already."""

from __future__ import annotations

from operator import itemgetter

from convcost.view import Column, Table


def of(titles, rows, total=None):
    """Return a table; a title is a text, or a text and what else its column is told."""
    pairs = [(title, {}) if isinstance(title, str) else title for title in titles]
    columns = [Column(title, itemgetter(i), **more) for i, (title, more) in enumerate(pairs)]
    return Table(columns, rows, total)
