"""The limits convcost holds itself to, and what was measured of each."""

from __future__ import annotations

from typing import Any, NamedTuple

from bench.cold import OURS, PASS, THEIRS
from bench.peers import TOOLS
from bench.scale import SHAPES, growth

MEGABYTE = 10**6


class Target(NamedTuple):
    """A limit and the measured value, both in ``unit``; ``least``: the limit is a lower one."""

    what: str
    limit: float
    value: float
    unit: str
    least: bool = False

    @property
    def met(self) -> bool:
        """Whether the value keeps to the limit."""
        return self.value >= self.limit if self.least else self.value <= self.limit


def fastest_peer(results: dict[str, Any]) -> tuple[str, float]:
    """Return the quickest other tool on ResNet-50, and how many times convcost's time it takes."""
    rows = {row["name"]: row["ratio"]["wall"]["min"] for row in results["peers"]["rows"]}
    return min(((tool, rows[f"{tool} {THEIRS[0]}"]) for tool in TOOLS), key=lambda pair: pair[1])


def targets(results: dict[str, Any]) -> list[Target]:
    """Return every limit with its measured value: minima over the repeats, the worst of several rows."""
    quick = [row for row in results["cold"] if row["name"] != PASS]
    tool, times = fastest_peer(results)
    inside, scale = results["inside"], results["scale"]
    largest = [row for row in scale if row["layers"] == max(r["layers"] for r in scale if _alike(r, row))]
    return [
        Target("cold start, the slowest of the four", 12, max(_ratio(row) for row in quick), "× pass"),
        Target(f"{tool} on ResNet-50 over {OURS[0]}", 20, times, "× convcost", least=True),
        Target("text to report, cold", 2.5, inside["cold text_to_report"]["ratio"]["min"], "× pass"),
        Target("text to report, warm", 2.5, inside["warm text_to_report"]["ratio"]["min"], "× pass"),
        Target("graph to figures, cold", 0.5, inside["cold graph_to_figures"]["ratio"]["min"], "× pass"),
        Target("graph to figures, warm", 0.5, inside["warm graph_to_figures"]["ratio"]["min"], "× pass"),
        Target(
            "the same with reductions, cold", 0.5, inside["cold graph_to_report"]["ratio"]["min"], "× pass"
        ),
        Target(
            "the same with reductions, warm", 0.5, inside["warm graph_to_report"]["ratio"]["min"], "× pass"
        ),
        Target("100,000 layers", 15, max(row["wall"]["min"] for row in largest), "s"),
        Target("100,000 layers", 1500, max(row["peak_bytes"] for row in largest) / MEGABYTE, "MB"),
        *(Target(f"time per layer, {kind}", 1.3, growth(scale, kind), "× that at 10,000") for kind in SHAPES),
    ]


def _ratio(row: dict[str, Any]) -> float:
    ratio: float = row["ratio"]["wall"]["min"]
    return ratio


def _alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["network"] == other["network"])
