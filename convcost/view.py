"""What people are shown, before it has a format: tables, notes and headings.

A view knows nothing of terminals or Markdown, a renderer nothing of networks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from fractions import Fraction

    from convcost.errors import Loc


class Amount(NamedTuple):
    """An exact number; renderers for people round it, CSV and JSON do not.

    ``unit`` is one that ``units.human`` knows. ``whole``: never rounded.
    """

    value: int | float | Fraction
    unit: str = "count"
    whole: bool = False


class Quotient(NamedTuple):
    """``top`` / ``bottom``, divided only where it is printed; a dash where ``bottom`` is 0.

    ``unit`` is "percent", "times" or "ratio". For programs it is a fraction in lowest terms.
    """

    top: int
    bottom: int
    unit: str = "percent"


class Bar(NamedTuple):
    """``part`` of the longest bar there is room for, which is ``whole``; for people only."""

    part: int | float
    whole: int | float


class Word(NamedTuple):
    """A word with a meaning of its own: ``style`` colours it, the text says it without colour."""

    text: str
    style: str = ""


class Sizes(NamedTuple):
    """A shape, a kernel: ``3×224×224`` for people, a list for programs."""

    sizes: tuple[int | Fraction, ...]


Cell = str | bool | Amount | Quotient | Bar | Word | Sizes | None
"""What stands in a row under a column; None is shown as a dash."""

Row = TypeVar("Row")


@dataclass(frozen=True, eq=False)
class Column(Generic[Row]):
    """A column: its title, and how its cells come from what the rows are about.

    ``key`` is what CSV and JSON call it (None: the title; '': they do not have it), ``hidden``
    keeps it from people. Where a terminal is narrow, the column with the highest ``drop`` is
    hidden first, and one of 0 always stays. ``wrap``: its text may run over several lines.
    ``fold``: a title wider than its cells may break after its last underscore. ``style``: see
    ``STYLES``.
    """

    title: str
    cell: Callable[[Row], Cell]
    key: str | None = None
    right: bool = False
    drop: int = 0
    wrap: bool = False
    fold: bool = False
    style: str = ""
    hidden: bool = False

    @property
    def name(self) -> str:
        """What programs call it; '' where they do not have it."""
        return self.title if self.key is None else self.key


@dataclass(frozen=True, eq=False)
class Table(Generic[Row]):
    """A row for each item, under columns. ``total`` stands apart below; ``header`` False hides titles."""

    columns: Sequence[Column[Row]]
    items: Sequence[Row]
    total: Row | None = None
    header: bool = True

    def for_people(self) -> list[Column[Row]]:
        """Return the columns that people see."""
        return [column for column in self.columns if not column.hidden]

    def for_programs(self) -> list[Column[Row]]:
        """Return the columns that CSV and JSON have."""
        return [column for column in self.columns if column.name]

    def rows(self, columns: Iterable[Column[Row]]) -> list[tuple[Cell, ...]]:
        """Return the cells of every item under some of the columns."""
        chosen = list(columns)
        return [tuple(column.cell(item) for column in chosen) for item in self.items]


class Heading(NamedTuple):
    """The line a view or a part of it begins with."""

    text: str


class Note(NamedTuple):
    """A sentence. ``style`` is one of ``STYLES``: '', 'dim' (conventions, asides), 'warn', 'strong' ..."""

    text: str
    style: str = ""


class Code(NamedTuple):
    """Text shown as it is, line by line: a piece of a spec, an example."""

    text: str


Block = Table[Any] | Heading | Note | Code


class View(NamedTuple):
    """What a command shows, from top to bottom; ``data`` is the table of it that programs get."""

    blocks: tuple[Block, ...]
    data: Table[Any] | None = None


ERROR, FAIL, WARN, NOTE, SKIP, PASS = "error", "fail", "warn", "note", "skip", "pass"
STATUSES: tuple[str, ...] = (ERROR, FAIL, WARN, NOTE, SKIP, PASS)
"""What became of a check, worst first. ERROR: it could not be made at all."""


class Finding(NamedTuple):
    """One thing that was checked, as every report format needs it.

    ``where`` names layers, '' for the whole network. ``text`` says what was found, ``details``
    why, line by line. ``loc`` is the line to edit, ``rule_loc`` where the rule is. ``key`` names
    the finding whatever its value and lines; ``weight`` orders findings of one status, the
    heaviest first.
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
