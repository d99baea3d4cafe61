"""What people see, held whole: each snapshot is a file of its own, as it is shown.

``pytest --snapshot-update`` writes them after a change that is meant.
"""

from __future__ import annotations

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from convcost.render import markdown
from convcost.render.terminal import render


class Text(SingleFileSnapshotExtension):
    """A snapshot in a text file."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


FORMS = ("80", "160", "md")
"""A terminal of two widths, and Markdown."""


def shown(view, form):
    """Return a view as text in one of the FORMS."""
    return markdown.render(view) if form == "md" else render(view, width=int(form))


def holds(snapshot, view, form):
    """Assert that a view looks as it did, and keeps to its terminal."""
    text = shown(view, form)
    assert snapshot(extension_class=Text) == text
    if form != "md":
        assert [] == [line for line in text.splitlines() if len(line) > int(form)]
