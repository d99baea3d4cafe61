"""What goes wrong, said once: positions, diagnostics, and the error every floor raises.

A user's mistake is a :class:`Diagnostic`; one :class:`ConvcostError` carries all that
were found in one pass. Nothing here renders: ``render/diagnostics.py`` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


_BRIEF = 60


class Source:
    """A text that was read and the name people know it by (a path, ``<stdin>``)."""

    __slots__ = ("_lines", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._lines: list[str] | None = None

    @property
    def is_file(self) -> bool:
        """Whether the name is a path. It isn't for ``<stdin>``, ``--set x`` and ``resnet (shipped)``."""
        return not (self.name.startswith(("<", "--")) or self.name.endswith(" (shipped)"))

    def __repr__(self) -> str:
        return f"Source({self.name!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Source) and (self.name, self.text) == (other.name, other.text)

    def __hash__(self) -> int:
        return hash((self.name, self.text))

    def line(self, number: int) -> str:
        """Return line ``number`` (from 1) without its end, or '' past the last."""
        if self._lines is None:
            self._lines = self.text.splitlines()
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""


class Loc(NamedTuple):
    """A position in a source: line and column from 1, and how many characters it spans.

    What lies in a block has the position of the block's use; ``inside`` leads to the block's
    own line, through the blocks between.
    """

    source: Source
    line: int
    column: int
    length: int = 1
    inside: Loc | None = None

    @property
    def innermost(self) -> Loc:
        """The position itself, or the block's own line."""
        return self.inside.innermost if self.inside else self

    def around(self, inner: Loc) -> Loc:
        """Return this position with ``inner`` at the end of what lies inside."""
        return self._replace(inside=self.inside.around(inner) if self.inside else inner)

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"


ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: a stable code, a sentence, where it is, and at most one hint.

    ``notes`` are further sentences (the shapes that met, where a name was first given);
    ``severity`` is ERROR or WARNING. The codes' long explanations are in ``convcost/codes/``.
    """

    code: str
    message: str
    loc: Loc | None = None
    hint: str | None = None
    notes: tuple[str, ...] = ()
    severity: str = ERROR

    def __str__(self) -> str:
        place = f"{self.loc}: " if self.loc else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message}{hint}"


class ConvcostError(Exception):
    """Base of all errors convcost raises on purpose; exit code 2 on the command line."""

    exit_code = 2

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__(*diagnostics)
        self.diagnostics = diagnostics

    def __str__(self) -> str:
        return "\n".join(map(str, self.diagnostics))


class SpecError(ConvcostError):
    """A spec that cannot be read or does not describe a network."""


class UsageError(ConvcostError):
    """A request that makes no sense: an unknown spec name, a metric that does not exist."""


class ConvcostWarning(UserWarning):
    """What is allowed but probably not meant; ``diagnostic`` says what and where."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(str(diagnostic))
        self.diagnostic = diagnostic


def brief(text: str) -> str:
    """Return a text in quotes as a message can hold it: short, and on one line."""
    return repr(text if len(text) <= _BRIEF else text[:_BRIEF] + "…")


def closest(word: str, known: Iterable[object]) -> str | None:
    """Return the known word that was probably meant, whatever its case, or None."""
    import difflib  # only when something is wrong: 2 ms that a good run never pays

    names = {str(name).lower(): str(name) for name in known}
    close = difflib.get_close_matches(word.lower(), names, n=1, cutoff=0.6)
    return names[close[0]] if close else None


def suggest(word: str, known: Iterable[object]) -> str | None:
    """Return 'did you mean …?' for the closest of ``known`` words, or None."""
    return did_you_mean(closest(word, known))


def did_you_mean(word: str | None) -> str | None:
    """Return the hint that proposes a word."""
    return f"did you mean {word!r}?" if word is not None else None
