"""Why tools disagree about ResNet-50: what each adds to the multiply-accumulates.

Every excess is a sum of quantities convcost counts apart. A tool's line here is a claim,
and a test holds it to the figure that was measured.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convcost.report import Report

NETWORK = "resnet@50"

NAMES = {
    "normalised": "elements put through batch norms",
    "activated": "elements put through activations",
    "norm params": "batch norms' parameters",
    "bias adds": "additions of the last layer's bias",
    "pool inputs": "elements entering the two pools",
    "mean inputs": "elements entering the last pool",
    "mean outputs": "elements leaving the last pool",
    "max outputs": "elements leaving the first pool",
}

ADDS: dict[str, dict[str, int]] = {
    "torch": {},
    "torch on meta": {},
    "calflops": {},
    "torchinfo": {"norm params": 1, "bias adds": 1},
    "torchprofile": {"normalised": 1, "mean outputs": 1},
    "fvcore": {"normalised": 2, "mean inputs": 1},
    "torchscan": {"normalised": 2, "max outputs": 2, "mean inputs": 1, "mean outputs": 1},
    "ptflops": {"normalised": 2, "activated": 2, "pool inputs": 2, "bias adds": 1},
    "thop": {"normalised": 4, "mean inputs": 1, "mean outputs": 1},
}


def quantities(report: Report) -> dict[str, int]:
    """Return the quantities of ``NAMES`` for a network with one max pool and one global mean."""
    cost = report.totals.cost
    first = next(layer for layer in report.layers if layer.op == "max_pool")
    last = next(layer for layer in report.layers if layer.op == "global_avg_pool")
    entering = {layer.op: prod(layer.inputs[0]) for layer in (first, last)}
    return {
        "normalised": cost.normalised,
        "activated": cost.activated,
        "norm params": sum(layer.cost.params for layer in report.layers if layer.op == "bn"),
        "bias adds": cost.bias_adds,
        "pool inputs": sum(entering.values()),
        "mean inputs": entering[last.op],
        "mean outputs": prod(last.output),
        "max outputs": prod(first.output),
    }


def expected(report: Report) -> dict[str, int]:
    """Return what every tool should say, by its line in ``ADDS``."""
    known = quantities(report)
    macs = report.totals.cost.macs
    return {
        tool: macs + sum(times * known[name] for name, times in adds.items()) for tool, adds in ADDS.items()
    }


def said(tool: str) -> str:
    """Return a tool's convention as words."""
    adds = [f"{times if times > 1 else ''} {NAMES[name]}".strip() for name, times in ADDS[tool].items()]
    return " + ".join(adds).replace("2 ", "2 × ").replace("4 ", "4 × ") or "nothing"
