"""``python -m bench.reality``: what 1×1 reductions promise in macs, and what comes of it in time.

Takes a few minutes. Everything measured goes to ``bench/reality.json``; ``docs/reality.md``
is made from it (``--page`` writes the page alone, ``--check`` compares it).
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.reality_page import render
from convcost.engine import settle
from convcost.spec import load, load_text

if TYPE_CHECKING:
    from convcost.ir import Graph
    from convcost.torch_backend.profile_without import Pair
    from convcost.torch_backend.runner import How

RESULTS = Path(__file__).with_name("reality.json")
PAGE = Path(__file__).resolve().parent.parent / "docs/reality.md"

# The CS231n lecture's module: what its 1×1 reductions to 64 channels buy.
LECTURE = b"""convcost: 1
name: cs231n_module
input: [256, 28, 28]
layers:
  - concat:
      b1: [{conv: {out: 128, kernel: 1, act: relu}}]
      b3:
        - conv: {name: reduce, out: 64, kernel: 1, act: relu}
        - conv: {out: 192, kernel: 3, padding: half, act: relu}
      b5:
        - conv: {name: reduce, out: 64, kernel: 1, act: relu}
        - conv: {out: 96, kernel: 5, padding: half, act: relu}
      pool:
        - max_pool: {kernel: 3, stride: 1, padding: 1}
        - conv: {out: 64, kernel: 1, act: relu}
"""
NETWORKS = ("googlenet", "resnet@50", "squeezenet@1_0", "densenet@121", "inception_3a")
CPU = {"batch": 1, "threads": 1, "repeat": 15}
GPU = {"batch": 32, "device": "cuda", "repeat": 20}
TURNS = 60


def graphs() -> dict[str, Graph]:
    """Return the networks of the table, by the names they have in it."""
    found = {name: settle(load(name)) for name in NETWORKS}
    return found | {"cs231n_module": settle(load_text(LECTURE))}


def main(arguments: list[str]) -> int:
    """Do what the arguments say; return the exit code."""
    if arguments == ["--check"]:
        stale = PAGE.read_text("utf-8") != render(read())
        print(
            f"stale: {PAGE.name} (python -m bench.reality --page)"
            if stale
            else f"{PAGE.name} is as it should be"
        )
        return int(stale)
    if arguments not in ([], ["--page"]):
        print("python -m bench.reality [--page | --check]", file=sys.stderr)
        return 2
    if not arguments:
        RESULTS.write_text(json.dumps(measure(), indent=1) + "\n", "utf-8")
    PAGE.write_text(render(read()), "utf-8")
    return 0


def read() -> dict[str, Any]:
    """Return the committed results."""
    found: dict[str, Any] = json.loads(RESULTS.read_text("utf-8"))
    return found


def measure() -> dict[str, Any]:
    """Measure everything this machine has; what it has not is None."""
    import torch

    from convcost.torch_backend.machine import describe, threads
    from convcost.torch_backend.runner import How

    begin = time.monotonic()
    has_gpu = torch.cuda.is_available()
    with threads(CPU["threads"]):
        found = {
            "machine": describe("cuda" if has_gpu else "cpu")._asdict(),
            "cpu": {"how": CPU, "rows": rows(How(**CPU))},
            "gpu": {"how": GPU, "rows": rows(How(**GPU))} if has_gpu else None,
            "executor": executor(),
        }
    return {**found, "seconds": round(time.monotonic() - begin)}


def rows(how: How) -> list[dict[str, Any]]:
    """Return a row per network, with and without run in turn."""
    from convcost.torch_backend.profile_without import profile_without

    found = []
    for name, graph in graphs().items():
        print(f"{name} on {how.device}", flush=True)
        found.append(row(name, profile_without(graph, how)))
    return found


def row(name: str, pair: Pair) -> dict[str, Any]:
    """Return what the table says of a network."""
    middle, low, high = pair.realised()
    sides = {"with": pair.present, "without": pair.without}
    return {
        "network": name,
        "sites": len(pair.sites),
        "macs": {side: profile.report.totals.metric("macs") for side, profile in sides.items()},
        "ns": {side: profile.total()._asdict() for side, profile in sides.items()},
        "layers_together_ns": {side: _together(profile) for side, profile in sides.items()},
        "peak_bytes": {side: profile.report.totals.metric("peak_bytes") for side, profile in sides.items()},
        "peak_measured": {side: profile.peak.bytes for side, profile in sides.items()},
        "predicted": pair.predicted,
        "realised": {"median": middle, "low": low, "high": high},
    }


def _together(profile: Any) -> int:
    return int(profile.layers_together().median)


def executor() -> dict[str, Any]:
    """Time our ResNet-50 and one written by hand, with the same weights, in turn."""
    import torch

    from bench.resnet50 import ResNet50
    from convcost.torch_backend import build

    print("executor", flush=True)
    ours, hand = build(settle(load("resnet@50"))).eval(), ResNet50().eval()
    hand.load_state_dict(dict(zip(hand.state_dict(), ours.state_dict().values(), strict=True)))
    x = torch.randn(1, 3, 224, 224)
    with torch.no_grad():
        if not torch.equal(ours(x), hand(x)):
            raise ArithmeticError("the two networks are not the same")
        pairs = [(_time(ours, x), _time(hand, x)) for _ in range(TURNS + 2)][2:]
    wall, processor = ([(a[i], b[i]) for a, b in pairs] for i in range(2))
    return {
        "ours_ns": round(median(a for a, _ in wall)),
        "hand_ns": round(median(b for _, b in wall)),
        "ratio": _ratio(wall),
        "processor_ratio": _ratio(processor),
        "turns": TURNS,
    }


def _time(network: Any, x: Any) -> tuple[int, int]:
    """Return the nanoseconds a pass took on the clock, and of the processor."""
    begin = time.perf_counter_ns(), time.process_time_ns()
    network(x)
    return time.perf_counter_ns() - begin[0], time.process_time_ns() - begin[1]


def _ratio(pairs: list[tuple[int, int]]) -> dict[str, float]:
    """Return the median of the ratios turn by turn, and their quartiles."""
    ratios = sorted(a / b for a, b in pairs)
    return {"median": median(ratios), "low": ratios[TURNS // 4], "high": ratios[-1 - TURNS // 4]}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
