"""Spec files by glob: one walk, however many stars, and never out of the repository."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WILD = "*?["


def root_of(folder: str) -> str:
    """Return the repository that a folder is in; the folder itself where there is none."""
    start = at = os.path.realpath(folder)
    while not os.path.exists(os.path.join(at, ".git")):
        at, child = os.path.dirname(at), at
        if at == child:
            return start
    return at


def leaves(glob: str, folder: str) -> bool:
    """Whether a glob is outside the repository of its folder; a plain path may lead anywhere."""
    fixed, wild = _parted(glob)
    if not wild:
        return False
    top = os.path.realpath(os.path.join(folder, *fixed))
    return ".." in wild or os.path.commonpath([top, root_of(folder)]) != root_of(folder)


def matching(glob: str, folder: str) -> list[str]:
    """Return the files a glob matches, relative to its folder and sorted.

    ``*``, ``?`` and ``[a-z]`` stand for parts of one level, ``**`` for any number of levels,
    none included. What is hidden has to be named with its dot.
    """
    fixed, wild = _parted(glob)
    if not wild:
        return [glob] if os.path.isfile(os.path.join(folder, glob)) else []
    return sorted(_below(folder, os.path.join("", *fixed), wild, frozenset({0})))


def _parted(glob: str) -> tuple[list[str], list[str]]:
    """Return a glob's levels up to its first wildcard, and the others."""
    levels = [level for level in glob.split("/") if level not in ("", ".")]
    first = next((i for i, level in enumerate(levels) if any(c in level for c in _WILD)), len(levels))
    return levels[:first], levels[first:]


def _below(folder: str, place: str, wild: Sequence[str], reached: frozenset[int]) -> Iterator[str]:
    """Yield the matching files of a place; ``reached``: how many levels of the glob may be used up."""
    try:
        entries = list(os.scandir(os.path.join(folder, place)))
    except OSError:  # not there, or not ours to read
        return
    starting = {at for at in reached if at < len(wild)}
    while extra := {at + 1 for at in starting if at < len(wild) and wild[at] == "**"} - starting:
        starting |= extra  # ** may stand for no level
    for entry in entries:
        after = frozenset(_steps(entry.name, wild, starting))
        path = os.path.join(place, entry.name)
        if entry.is_file() and len(wild) in after:
            yield path
        if any(at < len(wild) for at in after) and entry.is_dir(follow_symlinks=False):
            yield from _below(folder, path, wild, after)


def _steps(name: str, wild: Sequence[str], reached: set[int]) -> Iterator[int]:
    """Yield how many levels of the glob may be used up after a name."""
    from fnmatch import fnmatchcase

    for at in reached:
        if at == len(wild):
            continue
        if wild[at] == "**":
            if name[0] != ".":
                yield at
                if at + 1 == len(wild):
                    yield at + 1
        elif fnmatchcase(name, wild[at]) and (name[0] != "." or wild[at][0] == "."):
            yield at + 1
