"""Where the mistakes of one spec are gathered, so that all are reported at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from convcost.errors import Diagnostic, SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.errors import Loc

MOST = 100
"""A spec this wrong needs no longer list."""

_SEVERAL = frozenset({"CC301", "CC302", "CC305"})
"""What is missing or unknown may be so in several ways at one place."""


class Reported(Exception):  # noqa: N818  (a control-flow signal, not an error of its own)
    """A value cannot be had, and the reason is already in the log."""


class Blamed(NamedTuple):
    """Where a mistake met in a block is reported; ``whole``: the use itself, not an argument."""

    loc: Loc
    whole: bool = False


Blame = Callable[[str, "Loc"], Blamed]
"""From a code and where it was met to where the mistake was made."""


class _Mistake:
    """A diagnostic, and further uses of the block whose line it is about."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        self.block: Loc | None = None
        self.uses: dict[Loc, None] = {}


class Log:
    """Collects diagnostics; the same code at the same place counts once (a block used twice)."""

    def __init__(self) -> None:
        self.added = 0
        self._found: dict[tuple[object, ...], _Mistake] = {}
        self._block: tuple[Loc, Blame] | None = None
        self._uses: dict[Loc, set[Loc]] = {}

    @contextmanager
    def within(self, block: Loc, use: Loc, blame: Blame) -> Iterator[None]:
        """Have ``blame`` say where the mistakes met in a block were made, during one use of it."""
        self._uses.setdefault(block, set()).add(use)
        outer, self._block = self._block, (block, blame)
        try:
            yield
        finally:
            self._block = outer

    def add(
        self,
        code: str,
        message: str,
        loc: Loc | None,
        hint: str | None = None,
        notes: tuple[str, ...] = (),
    ) -> Reported:
        """Record a mistake and return the signal to raise where there is no way on.

        Raises SpecError with all of them where there are as many as anyone would read.
        """
        self.added += 1
        blamed = self._block[1](code, loc) if loc and self._block else None
        loc = blamed.loc if blamed else loc
        whole = blamed is not None and blamed.whole
        at = loc.innermost if loc and whole else loc
        where = (at.source.name, at.line, at.column) if at else ()
        key = (code, *where, message if code in _SEVERAL or not at else "")
        mistake = self._found.setdefault(key, _Mistake(Diagnostic(code, message, loc, hint, notes)))
        if loc and whole and self._block:
            mistake.block = self._block[0]
            mistake.uses[loc] = None
        if len(self._found) >= MOST:
            raise self.error()
        return Reported()

    def __len__(self) -> int:
        return len(self._found)

    def raise_if_any(self) -> None:
        """Raise one SpecError with everything found, in the order of the text."""
        if self._found:
            raise self.error()

    def error(self) -> SpecError:
        """Return everything found as one error, in the order of the text."""
        found = [self._settled(mistake) for mistake in self._found.values()]
        return SpecError(*sorted(found, key=lambda one: one.loc[1:3] if one.loc else (0, 0)))

    def _settled(self, mistake: _Mistake) -> Diagnostic:
        """Return a mistake that several uses of a block met as one: the block's own if all of them did."""
        diagnostic, uses = mistake.diagnostic, [*mistake.uses]
        if len(uses) < 2 or mistake.block is None:  # noqa: PLR2004  (one use is not several)
            return diagnostic
        if len(uses) == len(self._uses[mistake.block]):
            note = f"the same in every use of the block: {_listed(uses)}"
            return replace(diagnostic, loc=uses[0].innermost, notes=(*diagnostic.notes, note))
        note = f"the same in another use of the block: {_listed(uses[1:])}"
        return replace(diagnostic, notes=(*diagnostic.notes, note))


def _listed(uses: list[Loc]) -> str:
    """Return the first few lines: ``lines 11, 12, …``."""
    lines = [str(line) for line in dict.fromkeys(use.line for use in uses)]
    return f"line{'s' if len(lines) > 1 else ''} " + ", ".join([*lines[:4], *(["…"] if lines[4:] else [])])
