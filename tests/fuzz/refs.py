"""Baselines by name: git refs, files and specs, as the command line takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.baseline.source import parse_baseline
from convcost.budget.check import check
from convcost.budget.read import read_budget
from convcost.errors import ConvcostError
from tests.fuzz.text import REFS, mangled, word

if TYPE_CHECKING:
    from random import Random


def draw(random: Random) -> str:
    """Return a baseline's name."""
    kind = random.random()
    if kind < 0.2:
        return random.choice(REFS)
    if kind < 0.6:
        return random.choice(("git:", "git:", "file:", "spec:")) + word(random)
    return mangled(random.choice(REFS), random)


def judge(name: str) -> list[str]:
    """Hold the networks here to their budget against this baseline."""
    try:
        result = check(read_budget("convcost.budget.yaml"), (), parse_baseline(name))
    except ConvcostError as error:
        return [d.code for d in error.diagnostics]
    return [f"{len(result.verdicts)} verdicts"]
