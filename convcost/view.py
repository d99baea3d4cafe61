"""What people are shown, before it has a format: tables, notes and bars.

A view knows nothing of terminals or Markdown, a renderer nothing of networks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction


class Amount(NamedTuple):
    """An exact number; renderers for people round it, CSV and JSON do not.

    ``unit`` is one that ``units.human`` knows. ``whole``: never rounded.
    """

    value: int | float | Fraction
    unit: str = "count"
    whole: bool = False


class Bar(NamedTuple):
    """A share from 0 to 1 of the longest bar there is room for."""

    share: float


Cell = str | Amount | Bar | None
"""Text, a number, a bar, or nothing (shown as a dash)."""


class Column(NamedTuple):
    """A column: title, alignment, and what happens to it where room is short.

    ``drop`` 0 always stays; otherwise the column with the highest number goes first.
    ``wrap``: its text may run over several lines. ``style``: see ``STYLES``.
    """

    title: str
    right: bool = False
    drop: int = 0
    wrap: bool = False
    style: str = ""


class Table(NamedTuple):
    """Rows under columns. ``total`` stands apart below them; ``header`` False hides titles."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    header: bool = True


class Heading(NamedTuple):
    """The line a view or a part of it begins with."""

    text: str


class Note(NamedTuple):
    """A sentence. ``style`` is '', 'dim' (conventions, asides) or 'warn'."""

    text: str
    style: str = ""


class Code(NamedTuple):
    """Text shown as it is, line by line: a piece of a spec, an example."""

    text: str


Block = Table | Heading | Note | Code


class View(NamedTuple):
    """What a command shows, from top to bottom; ``data`` is what CSV gets of it.

    ``data`` has every column and exact values; None: the view has nothing for CSV.
    """

    blocks: tuple[Block, ...]
    data: Table | None = None


STYLES: tuple[str, ...] = ("", "dim", "name", "strong", "good", "bad", "warn", "bar")
"""The words by which a view asks for emphasis; each renderer makes of them what it can."""
