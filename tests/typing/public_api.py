"""What type checkers know of the public API: checked by mypy, not run.

Each ``type: ignore`` is a mistake that a checker must find: mypy refuses one that it does not need.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from typing_extensions import assert_type

import convcost
from convcost.testing import assert_budget

if TYPE_CHECKING:
    from convcost.torch_backend.graph_module import GraphModule

report = convcost.analyze("resnet@50", batch=8, dtype="int8")
assert_type(report, convcost.Report)
assert_type(report.totals.macs, int)
assert_type(report.totals.metric("peak_bytes"), int)
assert_type(report.layers[0].params, int)
assert_type(report.totals.intensity, float)

graph = convcost.load(Path("net.yaml"), sets={"width": 2}, input=(3, 64, 64))
assert_type(graph, convcost.Graph)
convcost.analyze(graph)
convcost.analyze({"convcost": 1, "name": "n", "input": [3, 8, 8], "layers": ["relu"]})

comparison = convcost.compare("resnet@34", graph, report)
assert_type(comparison, convcost.Comparison)
assert_type(comparison.ratio("macs", 1), Fraction | None)
assert_type(convcost.roles("googlenet"), dict[str, str])
assert_type(convcost.without_reductions("googlenet").graph, convcost.Graph)
assert_type(convcost.ConvcostError().diagnostics, tuple[convcost.Diagnostic, ...])
assert_budget("resnet@50", macs="4.1G", reduction_saving={"min": "1.5x"})


def built() -> GraphModule:
    """Build with torch, which is untyped."""
    from convcost.torch_backend import build

    return build("resnet@50")


convcost.anlyze("resnet@50")  # type: ignore[attr-defined]
convcost.analyze(17)  # type: ignore[arg-type]
report.totals.mac  # type: ignore[attr-defined]  # noqa: B018
graph.name = "another"  # type: ignore[misc]
