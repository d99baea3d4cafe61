"""The diagnostic codes: their list, and each one's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.codes import CODES
from convcost.view import Code, Column, Heading, Note, Table, View

if TYPE_CHECKING:
    from convcost.view import Block


def listing() -> View:
    """Return all codes with their titles."""
    columns: tuple[Column[str], ...] = (
        Column("code", lambda code: code, style="name"),
        Column("what is wrong", lambda code: CODES[code].title, key="title", wrap=True),
    )
    table = Table(columns, tuple(CODES))
    return View((table, Note("`convcost errors CODE` explains one.", "dim")), table)


def page(code: str) -> View:
    """Return a code's page: its explanation, a spec that gets it, and one that does not."""
    entry = CODES[code]
    blocks: list[Block] = [Heading(f"{code}: {entry.title}"), Note(entry.explanation)]
    if entry.wrong:
        load = f" (loaded with {entry.ref})" if entry.ref else ""
        blocks += [Heading(f"Wrong{load}"), Code(entry.wrong), Heading("Right"), Code(entry.right)]
    columns: tuple[Column[str], ...] = (
        Column("code", lambda code: code),
        Column("title", lambda code: CODES[code].title),
        Column("explanation", lambda code: CODES[code].explanation),
        Column("wrong", lambda code: CODES[code].wrong or None),
        Column("right", lambda code: CODES[code].right or None),
    )
    return View(tuple(blocks), Table(columns, (code,)))
