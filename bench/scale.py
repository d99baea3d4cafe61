"""How time and memory grow with the layers of a network, through the command line."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.environment import variables
from bench.timing import in_turn, short, summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.environment import Tools
    from bench.timing import Run

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 2

# Each unit has 7 layers: two convolutions with their norms, two activations, an addition.
RESIDUAL = """convcost: 1
name: residual
input: [64, 32, 32]
blocks:
  unit:
    layers:
      - residual:
          body:
            - conv: {{out: 64, kernel: 3, padding: half, norm: bn, act: relu}}
            - conv: {{out: 64, kernel: 3, padding: half, norm: bn}}
      - relu
layers:
  - unit: {{name: body, repeat: {units}}}
"""

# 3 layers per line, and no two convolutions alike.
DIFFERENT = """convcost: 1
name: different
input: [16, 32, 32]
layers:
  - conv: {{name: body, out: 16 + index, kernel: 3, padding: half, norm: bn, act: relu, repeat: {units}}}
"""

SHAPES = {"residual blocks": (RESIDUAL, 7), "all layers different": (DIFFERENT, 3)}


def text(shape: str, layers: int) -> tuple[str, int]:
    """Return a spec that expands to no more than ``layers`` layers, and to how many."""
    form, each = SHAPES[shape]
    units = layers // each
    return form.format(units=units), units * each


def measure(tools: Tools) -> list[dict[str, Any]]:
    """Return a row per kind of network and size; time per layer is what a single unit takes not."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for shape, (_, each) in SHAPES.items():
            counts = {size: text(shape, size)[1] for size in (each, *SIZES)}
            commands = {}
            for size in counts:
                path = Path(folder, f"{each}_{size}.yaml")
                path.write_text(text(shape, size)[0], "utf-8")
                commands[str(size)] = [tools.convcost, "analyze", str(path)]
            runs = in_turn(commands, ROUNDS, variables())
            start = min(run.cpu for run in runs[str(each)])
            rows += [_row(shape, counts[size], runs[str(size)], start) for size in SIZES]
    return rows


def _row(shape: str, layers: int, runs: Sequence[Run], start: float) -> dict[str, Any]:
    cpu = summary([run.cpu for run in runs])
    return {
        "network": shape,
        "layers": layers,
        "wall": summary([run.wall for run in runs]),
        "cpu": cpu,
        "us_per_layer": short(1e6 * (cpu["min"] - start) / layers),
        "peak_bytes": max(run.rss for run in runs),
    }


def growth(rows: Sequence[dict[str, Any]], shape: str) -> float:
    """Return by what a layer's time grows from 10,000 to 100,000 layers."""
    times = [row["us_per_layer"] for row in rows if row["network"] == shape]
    return short(times[-1] / times[-2])
