"""Right and wrong: each tool's multiply-accumulates for everyday layers, over the exact ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bench.cases import CASES, spec
from bench.environment import ROOT, variables
from bench.peers import TOOLS
from bench.timing import run
from convcost import analyze
from convcost.spec import load_text

if TYPE_CHECKING:
    from bench.environment import Tools


def ours(name: str) -> int:
    """Return convcost's figure for a case."""
    return analyze(load_text(spec(name).encode(), name)).totals.cost.macs


def measure(tools: Tools) -> dict[str, dict[str, int | str]]:
    """Return every tool's figure for every case, or the exception it ended in."""
    script = str(ROOT / "bench/peers.py")
    found: dict[str, dict[str, int | str]] = {"convcost": {name: ours(name) for name in CASES}}
    for tool in TOOLS:
        found[tool] = json.loads(run([tools.peers, script, tool, "--cases"], variables()).out)
    return found
