"""What people are shown, before it has a format: tables, notes and bars.

A view knows nothing of terminals or Markdown, a renderer nothing of networks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

    from convcost.errors import Loc


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
    ``wrap``: its text may run over several lines. ``fold``: a title wider than what stands
    below it may break behind its last underscore. ``style``: see ``STYLES``.
    """

    title: str
    right: bool = False
    drop: int = 0
    wrap: bool = False
    style: str = ""
    fold: bool = False


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


ERROR, FAIL, WARN, NOTE, SKIP, PASS = "error", "fail", "warn", "note", "skip", "pass"
STATUSES: tuple[str, ...] = (ERROR, FAIL, WARN, NOTE, SKIP, PASS)
"""What became of a check, worst first. ERROR: it could not be made at all."""


class Finding(NamedTuple):
    """One thing that was checked, as every report format needs it.

    ``where`` names layers, '' for the whole network. ``text`` says what was found, ``details`` why, line by line. ``loc`` is the line to
    edit, ``rule_loc`` where the rule stands. ``key`` names the finding whatever its value
    and lines; ``weight`` orders findings of one status, the heaviest first.
    """

    status: str
    rule: str
    network: str
    where: str
    text: str
    details: tuple[str, ...] = ()
    loc: Loc | None = None
    rule_loc: Loc | None = None
    key: str = ""
    weight: float = 0.0

    @property
    def subject(self) -> str:
        """The network, and the layers where it is about some."""
        return f"{self.network} · {self.where}" if self.where else self.network


class Fold(NamedTuple):
    """A part of a comment that is folded until someone wants to read it."""

    summary: str
    view: View


class Comment(NamedTuple):
    """A view for a pull request; ``marker`` lets a later run find and replace it."""

    marker: str
    view: View
    folds: tuple[Fold, ...]


STYLES: tuple[str, ...] = ("", "dim", "name", "strong", "good", "bad", "warn", "bar")
"""The words by which a view asks for emphasis; each renderer makes of them what it can."""
