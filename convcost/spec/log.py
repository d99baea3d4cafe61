"""Where the mistakes of one spec are gathered, so that all are reported at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.errors import Diagnostic, SpecError

if TYPE_CHECKING:
    from convcost.errors import Loc

MOST = 100
"""A spec this wrong needs no longer list."""


class Reported(Exception):  # noqa: N818  (a control-flow signal, not an error of its own)
    """A value cannot be had, and the reason is already in the log."""


class Log:
    """Collects diagnostics; the same code at the same place counts once (a block used twice).

    What is missing or unknown (CC3xx) may be so in several ways at one place.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, int, str, str], Diagnostic] = {}

    def add(
        self,
        code: str,
        message: str,
        loc: Loc | None,
        hint: str | None = None,
        notes: tuple[str, ...] = (),
    ) -> Reported:
        """Record a mistake and return the signal to raise where there is no way on."""
        where = (loc.line, loc.column, loc.source.name) if loc else (0, 0, "")
        key = (code, *where, message if code.startswith("CC3") or not loc else "")
        if len(self._found) < MOST:
            self._found.setdefault(key, Diagnostic(code, message, loc, hint, notes))
        return Reported()

    def __len__(self) -> int:
        return len(self._found)

    def raise_if_any(self) -> None:
        """Raise one SpecError with everything found, in the order of the text."""
        if self._found:
            raise self.error()

    def error(self) -> SpecError:
        """Return everything found as one error, in the order of the text."""
        ordered = sorted(self._found.items(), key=lambda item: item[0][1:3])
        return SpecError(*(diagnostic for _, diagnostic in ordered))
