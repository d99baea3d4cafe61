"""Which layers a rule means: its globs taken apart into levels and the layers below them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.globs import any_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class Match(NamedTuple):
    """What a glob found: the outermost prefix that matches, and the layers below it."""

    name: str
    layers: tuple[str, ...]


def matches(globs: Sequence[str], exclude: Sequence[str], names: Iterable[str]) -> list[Match]:
    """Return what the globs match among layer names, in their order; each layer once.

    A layer belongs to the outermost of its prefixes that matches. Layers with a prefix
    that ``exclude`` matches are left out.
    """
    found: dict[str, list[str]] = {}
    hit, out = any_of(globs), any_of(exclude)
    known: dict[str, bool] = {}
    for name in names:
        if not out(name) and (outermost := _outermost(name, hit, known)) is not None:
            found.setdefault(outermost, []).append(name)
    return [Match(name, tuple(layers)) for name, layers in found.items()]


def _outermost(name: str, hit: Callable[[str], bool], known: dict[str, bool]) -> str | None:
    """Return the outermost matching prefix; ``known`` keeps the answers siblings share."""
    for prefix in prefixes(name):
        if prefix not in known:
            known[prefix] = hit(prefix)
        if known[prefix]:
            return prefix
    return None


def prefixes(name: str) -> list[str]:
    """Return a name's dotted prefixes, outermost first: a, a.b, a.b.c."""
    ends = [i for i, character in enumerate(name) if character == "."]
    return [*(name[:end] for end in ends), name]
