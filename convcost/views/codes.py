"""The diagnostic codes: their list, and each one's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.codes import CODES
from convcost.view import Code, Column, Heading, Note, Table, View

if TYPE_CHECKING:
    from convcost.view import Block


def listing() -> View:
    """Return all codes with their titles."""
    columns = (Column("code", style="name"), Column("what is wrong", wrap=True))
    table = Table(columns, tuple((code, entry.title) for code, entry in CODES.items()))
    return View((table, Note("`convcost errors CODE` explains one.", "dim")), table)


def page(code: str) -> View:
    """Return a code's page: its explanation, a spec that gets it, and one that does not."""
    entry = CODES[code]
    blocks: list[Block] = [Heading(f"{code}: {entry.title}"), Note(entry.explanation)]
    if entry.wrong:
        load = f" (loaded with {entry.ref})" if entry.ref else ""
        blocks += [Heading(f"Wrong{load}"), Code(entry.wrong), Heading("Right"), Code(entry.right)]
    row = (code, entry.title, entry.explanation, entry.wrong or None, entry.right or None)
    titles = ("code", "title", "explanation", "wrong", "right")
    return View(tuple(blocks), Table(tuple(map(Column, titles)), (row,)))
