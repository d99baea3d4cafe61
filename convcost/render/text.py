"""Making text safe and measuring it: control characters, terminal cells, ASCII."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from convcost.units import full, human, quotient, sizes
from convcost.view import Amount, Bar, Quotient, Sizes, Word

if TYPE_CHECKING:
    from convcost.view import Cell

NOTHING = "–"

_OWN = frozenset("×·–—…→≤≥▏▎▍▌▋▊▉█─╌│▸⌊⌋⌈⌉∏²±")
"""What our own sentences and bars are made of besides ASCII; each takes one cell."""

_ASCII = str.maketrans(
    {
        "×": "x", "·": "-", "–": "-", "—": "-", "…": "...", "→": "->", "≤": "<=", "≥": ">=",
        "─": "-", "╌": "-", "│": "|", "█": "#", "▏": "", "▎": "", "▍": "", "▌": "", "▋": "#", "▊": "#",
        "▉": "#", "▸": ">", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "∏": "prod ", "²": "^2", "±": "+-",
    }
)  # fmt: skip


def printable(text: str) -> str:
    r"""Return text with every control, format and line-separating character written out.

    An escape code becomes ``\x1b``, a right-to-left override ``\u202e``: whatever a spec
    says, a terminal shows it and does not obey it.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def cells(text: str) -> int:
    """Return how many terminal cells a printable text takes."""
    if text.isascii() or _OWN.issuperset(c for c in text if not c.isascii()):
        return len(text)
    from rich.cells import cell_len  # only for other people's letters

    return cell_len(text)


def ascii_only(text: str) -> str:
    """Return text in ASCII: our own signs by a likeness, other characters written out."""
    if text.isascii():
        return text
    return text.translate(_ASCII).encode("ascii", "backslashreplace").decode()


def can_show(encoding: str | None) -> bool:
    """Return whether an encoding has the signs that our output is made of."""
    try:
        "×·–…█▏─".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def spoken(cell: Cell) -> tuple[str, str]:
    """Return a cell for people: its text, and a unit to be lined up apart (or '')."""
    if cell is None or (isinstance(cell, Quotient) and not cell.bottom):
        return NOTHING, ""
    if isinstance(cell, bool):
        return "yes" if cell else "no", ""
    if isinstance(cell, str | Word):
        return printable(cell if isinstance(cell, str) else cell.text), ""
    if isinstance(cell, Bar):
        return "", ""
    if isinstance(cell, Sizes):
        return sizes(cell.sizes), ""
    if isinstance(cell, Quotient):
        return quotient(*cell)
    return (full(int(cell.value)), "") if cell.whole else human(cell.value, cell.unit)


def plain(cell: Cell) -> str | bool | int | float | list[int | str] | None:
    """Return a cell for programs: nothing is rounded, no unit is added; a fraction is text."""
    if isinstance(cell, Bar):
        return None
    if isinstance(cell, Word):
        return cell.text
    if isinstance(cell, Sizes):
        return [size if isinstance(size, int) else str(size) for size in cell.sizes]
    if isinstance(cell, Quotient):
        common = gcd(cell.top, cell.bottom)
        return _fraction(cell.top // common, cell.bottom // common) if cell.bottom else None
    if isinstance(cell, Amount):
        value = cell.value
        return value if isinstance(value, int | float) else _fraction(value.numerator, value.denominator)
    return cell


def _fraction(top: int, bottom: int) -> int | str:
    return top if bottom == 1 else f"{top}/{bottom}"


def wrapped(text: str, width: int | None) -> list[str]:
    """Break text between words so that lines take at most ``width`` cells.

    A longer word keeps its own line, whole. ``None``: one line.
    """
    if width is None or cells(text) <= width:
        return [text]
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if cells(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
