"""Globs over layers and over files, whatever is written for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.budget.files import leaves, matching
from convcost.budget.layers import matches
from convcost.globs import any_of
from tests.fuzz.text import GLOBS, NAMES, word

if TYPE_CHECKING:
    from random import Random

_PARTS = ("*", "**", "a", "b*", "*b", "?", "[a-c]", "[!a]", "..", ".", "", "nets", "*.yaml", "up", ".git")


def draw(random: Random) -> str:
    """Return a glob of either kind."""
    kind = random.random()
    if kind < 0.3:
        return random.choice((*GLOBS, *NAMES))
    if kind < 0.5:
        return word(random)
    return random.choice("./").join(random.choices(_PARTS, k=random.randrange(1, 30)))


def judge(glob: str) -> list[str]:
    """Match layers and files."""
    names = ["a", "a.b", "a.b.conv", "aab.b." + "a." * 60 + "b", "stem.conv", "x" * 300]
    layers = matches([glob], [], names)
    chosen = [name for name in names if any_of(glob)(name)]
    found = [] if "\x00" in glob or leaves(glob, ".") else matching(glob, ".")
    return [f"{bool(layers)} {bool(chosen)} {bool(found)}"]
