"""Globs over layer names: ``*`` one level or a part of it, ``**`` any number of levels.

A pattern matches a name if it matches any dotted prefix of it, so ``stage1`` means all of
``stage1.0.conv1`` and whatever else lies below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def matches(pattern: str, name: str) -> bool:
    """Whether a glob matches a layer's name or a level it lies in."""
    levels = name.split(".")
    reached = {0}  # how many levels of the name the pattern may have used up so far
    for part in pattern.split("."):
        if part == "**":
            reached = set(range(min(reached), len(levels) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(levels) and _fits(part, levels[at])}
        if not reached:
            return False
    return True


def any_of(patterns: str | Sequence[str] | None) -> Callable[[str], bool]:
    """Return a test whether a name matches one of the globs; without globs all names do."""
    if patterns is None:
        return lambda _: True
    globs = (patterns,) if isinstance(patterns, str) else tuple(patterns)
    exact = frozenset(globs)
    return lambda name: name in exact or any(matches(glob, name) for glob in globs)


def _fits(part: str, level: str) -> bool:
    """Whether one level fits a pattern without dots, in time linear in both."""
    pieces = part.split("*")
    if len(pieces) == 1:
        return part == level
    first, *middle, last = pieces
    if not level.startswith(first) or len(level) < len(first) + len(last) or not level.endswith(last):
        return False
    at, end = len(first), len(level) - len(last)
    for piece in middle:
        found = level.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True
