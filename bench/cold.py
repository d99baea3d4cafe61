"""From a cold start to figures on the screen: convcost and its peers against ``python -c pass``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.environment import ROOT, variables
from bench.peers import TOOLS
from bench.timing import in_turn, short, summary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.environment import Tools
    from bench.timing import Run

PASS = "python -c pass"
OURS = ("resnet@50", "googlenet")
THEIRS = ("resnet50", "googlenet")
QUICK_ROUNDS, SLOW_ROUNDS = 25, 2


def measure(tools: Tools) -> list[dict[str, Any]]:
    """Return a row per way to call convcost, and one for ``pass``, their unit."""
    return _ratios(in_turn(_quick(tools), QUICK_ROUNDS, variables()), PASS)


def measure_peers(tools: Tools) -> dict[str, Any]:
    """Return a row per peer and network, in units of convcost, and the peers' figures for ResNet-50."""
    named = {f"convcost analyze {OURS[0]}": [tools.convcost, "analyze", OURS[0]]}
    slow = in_turn({**named, **_slow(tools)}, SLOW_ROUNDS, variables())
    return {
        "rows": _ratios(slow, next(iter(named))),
        "figures": {tool: int(slow[f"{tool} {THEIRS[0]}"][0].out) for tool in TOOLS},
    }


def _quick(tools: Tools) -> dict[str, Sequence[str]]:
    commands: dict[str, Sequence[str]] = {PASS: [tools.python, "-c", "pass"]}
    for network in OURS:
        commands[f"convcost analyze {network}"] = [tools.convcost, "analyze", network]
        commands[f"convcost analyze {network} --json"] = [tools.convcost, "analyze", network, "--json"]
    return commands


def _slow(tools: Tools) -> dict[str, Sequence[str]]:
    script = str(ROOT / "bench/peers.py")
    return {f"{tool} {net}": [tools.peers, script, tool, net] for net in THEIRS for tool in TOOLS}


def _ratios(runs: Mapping[str, Sequence[Run]], unit: str) -> list[dict[str, Any]]:
    """Return a row per program; its ratios are minimum to minimum and median to median."""
    rows = [
        {"name": name, "wall": summary([r.wall for r in some]), "cpu": summary([r.cpu for r in some])}
        for name, some in runs.items()
    ]
    base = next(row for row in rows if row["name"] == unit)
    for row in rows:
        row["ratio"] = {
            clock: {which: short(row[clock][which] / base[clock][which]) for which in ("min", "median")}
            for clock in ("wall", "cpu")
        }
    return rows
