"""A view as GitHub-flavoured Markdown: for step summaries, comments, docs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from convcost.render.text import printable, spoken
from convcost.view import Bar, Code, Heading, Note, Table

if TYPE_CHECKING:
    from convcost.view import Block, Cell, View

_SPECIAL = str.maketrans({c: "\\" + c for c in "\\`*{}[]<>#|~$"} | {"@": "&#64;", "&": "&amp;"})
_EMPHASIS = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # an underscore inside a word is only that


def render(view: View) -> str:
    """Return the view as Markdown; bars, being decoration, stay out."""
    return "\n\n".join(_block(block) for block in view.blocks) + "\n"


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is: no markup, no mention, no control code."""
    return _EMPHASIS.sub(r"\\_", printable(text).translate(_SPECIAL))


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"### {escaped(block.text)}"
    if isinstance(block, Note):
        return f"*{escaped(block.text)}*" if block.style == "dim" else escaped(block.text)
    if isinstance(block, Code):
        return _fenced(block.text)
    return _table(block)


def _fenced(text: str) -> str:
    """Fence text with more backticks than any run of them inside."""
    longest = max((len(run) for run in "".join(c if c == "`" else " " for c in text).split()), default=0)
    fence = "`" * max(3, longest + 1)
    lines = [printable(line) for line in text.splitlines()]
    return "\n".join([fence, *lines, fence])


def _table(table: Table[Any]) -> str:
    columns, rows = table.for_people(), table.rows(table.for_people())
    keep = [i for i in range(len(columns)) if not any(isinstance(row[i], Bar) for row in rows)]
    lines = [
        _line([columns[i].title if table.header else "" for i in keep]),
        _line(["---:" if columns[i].right else "---" for i in keep], escape=False),
    ]
    lines += [_line([_text(row[i]) for i in keep]) for row in rows]
    if table.total is not None:
        bold = [_text(columns[i].cell(table.total)) for i in keep]
        lines.append(_line([f"**{escaped(text)}**" if text else "" for text in bold], escape=False))
    return "\n".join(lines)


def _text(cell: Cell) -> str:
    number, suffix = spoken(cell)
    return f"{number} {suffix}" if suffix else number


def _line(texts: list[str], *, escape: bool = True) -> str:
    return "| " + " | ".join(escaped(text) if escape else text for text in texts) + " |"
