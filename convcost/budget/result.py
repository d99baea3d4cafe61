"""What comes of a check."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from convcost.view import FAIL, WARN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcost.baseline.subject import Conditions, Subject
    from convcost.budget.measured import Measured
    from convcost.budget.verdict import Verdict
    from convcost.errors import ConvcostError, Loc


class Notice(NamedTuple):
    """Something a report must say besides verdicts. ``counts``: --strict takes it for a warning."""

    text: str
    loc: Loc | None = None
    counts: bool = True


class Loosened(NamedTuple):
    """A rule whose limit was moved, or that was removed: ``text`` says how, ``loc`` where it is."""

    rule: str
    text: str
    loc: Loc | None = None


class Sides(NamedTuple):
    """A network as measured now and before; no ``old``: there is no before, and ``why`` says so."""

    new: Measured
    old: Measured | None
    why: str


@dataclass(frozen=True, slots=True)
class Result:
    """Verdicts, what else is to be said, limits the same change loosened, and specs that have mistakes.

    ``baseline`` is the name of what was compared to.
    """

    baseline: str | None = None
    verdicts: tuple[Verdict, ...] = ()
    notices: tuple[Notice, ...] = ()
    loosened: tuple[Loosened, ...] = ()
    errors: tuple[ConvcostError, ...] = ()
    sides: Mapping[tuple[Subject, Conditions], Sides] = field(default_factory=dict)

    def code(self, *, strict: bool = False) -> int:
        """Return 2 where something could not be judged, 1 where a budget is exceeded, else 0."""
        if self.errors:
            return 2
        failed = any(verdict.status == FAIL for verdict in self.verdicts)
        warned = any(verdict.status == WARN for verdict in self.verdicts)
        return int(failed or (strict and (warned or any(notice.counts for notice in self.notices))))

    def sides_of(self, verdict: Verdict) -> Sides:
        """Return what a verdict was made from."""
        return self.sides[verdict.subject, verdict.rule.conditions]
