"""A comment for a pull request: what matters in view, the rest folded, never too long to post."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.render import markdown
from convcost.render.text import printable

if TYPE_CHECKING:
    from convcost.view import Comment, Fold

LONGEST = 60_000
"""Characters; GitHub refuses comments of more than 65,536."""

_HTML = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", "`": "&#96;", "*": "&#42;", "_": "&#95;", "@": "&#64;"}
)


def render(comment: Comment) -> str:
    """Return Markdown, its last folds left out where it would be longer than LONGEST."""
    parts = [f"<!-- {comment.marker} -->", markdown.render(comment.view)]
    room = LONGEST - 200 - sum(map(len, parts))
    left = 0
    for fold in comment.folds:
        text = _folded(fold)
        if left or len(text) + 1 > room:
            left += 1
            continue
        parts.append(text)
        room -= len(text) + 1
    if left:
        parts.append(f"*{left} more folded {'part' if left == 1 else 'parts'} would make this too long.*\n")
    return _harmless("\n".join(parts))


def _folded(fold: Fold) -> str:
    summary = printable(fold.summary).translate(_HTML)
    body = markdown.render(fold.view)
    return f"<details><summary>{summary}</summary>\n\n{body}\n</details>\n"


def _harmless(text: str) -> str:
    """Part every @ from what follows: GitHub looks for mentions after entities are resolved."""
    return text.replace("&#64;", "@<!-- -->")
