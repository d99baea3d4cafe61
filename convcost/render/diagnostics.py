"""Diagnostics as a compiler prints them: position, code, sentence, source line, caret, hint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.errors import ERROR
from convcost.render.terminal import Paint
from convcost.render.text import ascii_only, cells, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.errors import Diagnostic, Loc

_LONGEST_LINE = 160
_BEFORE_CARET = 60


def render(diagnostics: Iterable[Diagnostic], *, color: bool = False, unicode: bool = True) -> str:
    """Return all diagnostics as text, an empty line between them."""
    paint = Paint(color=color)
    text = "\n".join("".join(line + "\n" for line in _lines(d, paint)) for d in diagnostics)
    return text if unicode else "".join(map(ascii_only, text.splitlines(keepends=True)))


def _lines(diagnostic: Diagnostic, paint: Paint) -> list[str]:
    where = f"{printable(str(diagnostic.loc))}: " if diagnostic.loc else ""
    style = "bad" if diagnostic.severity == ERROR else "warn"
    kind = paint(f"{diagnostic.severity}[{diagnostic.code}]", style)
    lines = [f"{paint(where, 'strong')}{kind}: {paint(printable(diagnostic.message), 'strong')}"]
    if diagnostic.loc:
        lines += _excerpt(diagnostic.loc, paint)
        lines += _inside(diagnostic.loc, paint)
    lines += [f"  {paint('note:', 'name')} {printable(note)}" for note in diagnostic.notes]
    if diagnostic.hint:
        lines.append(f"  {paint('hint:', 'good')} {printable(diagnostic.hint)}")
    return lines


def _inside(loc: Loc, paint: Paint) -> list[str]:
    """Return the lines of the blocks behind a position where a block is used."""
    if loc.inside is None:
        return []
    at = f"{paint('note:', 'name')} in the block, at {printable(str(loc.inside))}"
    return [f"  {at}", *_excerpt(loc.inside, paint), *_inside(loc.inside, paint)]


def _excerpt(loc: Loc, paint: Paint) -> list[str]:
    """Return the source line and the caret under it; of a very long line, the part around."""
    line = loc.source.line(loc.line)
    start = loc.column - 1
    if not line.strip() or start > len(line):
        return []
    cut = max(0, start - _BEFORE_CARET) if len(line) > _LONGEST_LINE else 0
    lead = "…" if cut else ""
    tail = "…" if len(line) > cut + _LONGEST_LINE else ""
    shown = line[cut : cut + _LONGEST_LINE]
    marked = line[start : min(start + max(1, loc.length), cut + _LONGEST_LINE)]
    number = f"{loc.line:>5} "
    space = " " * cells(lead + _flat(line[cut:start]))
    carets = "^" * max(1, cells(_flat(marked)))
    return [
        f"{paint(number + '|', 'dim')} {lead}{_flat(shown)}{tail}",
        f"{' ' * len(number)}{paint('|', 'dim')} {space}{paint(carets, 'bad')}",
    ]


def _flat(text: str) -> str:
    """Return source text on one line, tabs as single spaces, so that the caret stays below."""
    return printable(text.replace("\t", " "))
