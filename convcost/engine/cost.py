"""From a graph to its report: every rule asked once, every figure an exact integer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.engine.receptive_field import receptive_fields
from convcost.engine.run import Run, traffic
from convcost.engine.totals import totals
from convcost.report import LayerCost, Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcost.cost import Cost
    from convcost.ir import Graph


def analyze(
    graph: Graph,
    batch: int = 1,
    dtype: str = "float32",
    device: str = "cpu",
    roles: Mapping[str, str] | None = None,
) -> Report:
    """Return all figures of a network; sizes in bytes at this batch, dtype and device.

    ``roles`` gives the roles of pointwise convolutions by layer name; without it only
    declared ones are reported. What works in place is decided as ``settle`` does. Raises
    UsageError for an unknown dtype or device, and for a batch below 1; SpecError where an
    in-place that the spec asks for is not legal.
    """
    return report(Run.settled(graph, batch, dtype, device), roles)


def report(run: Run, roles: Mapping[str, str] | None = None) -> Report:
    """Return the report of a network that has been walked."""
    graph, batch, scale = run.graph, run.batch, run.scale
    fields = receptive_fields(graph, run.rules)
    scaled: dict[int, Cost] = {}
    layers = []
    for index, (node, rule) in enumerate(zip(graph.nodes, run.rules, strict=True)):
        if node.name in graph.inputs:
            continue
        step = run.inference.steps[index]
        cost = scaled.get(id(rule)) or scaled.setdefault(id(rule), rule.cost.at(batch))
        layers.append(
            LayerCost(
                name=node.name,
                op=node.op.NAME,
                role=roles.get(node.name) if roles is not None else node.origin.role,
                inputs=rule.inputs[: len(node.inputs)],
                output=node.shape,
                cost=cost,
                weight_bytes=rule.weights,
                activation_bytes=rule.elements * scale if step.is_new else 0,
                peak_bytes=run.alive[index],
                saved_bytes=run.saved[index],
                traffic_bytes=traffic(node, rule, step) * scale + rule.read_weights,
                field=fields[index],
                loc=node.loc,
            )
        )
    peak = run.timeline.peak(run.alive)
    return Report(
        name=graph.name,
        spec=graph.spec,
        variant=graph.variant,
        inputs=graph.inputs,
        batch=batch,
        dtype=run.dtype,
        device=run.device,
        layers=tuple(layers),
        totals=totals(layers, peak.bytes),
        peaks={"eager": peak, "fused": run.fused},
        untrainable=_untrainable(run),
    )


def _untrainable(run: Run) -> str | None:
    """Return the first layer that torch refuses to train, with the reason."""
    for node, rule in zip(run.graph.nodes, run.rules, strict=True):
        why = rule.op.untrainable(rule.inputs, run.batch)
        if why is not None:
            return f"{node.name}: {why}"
    return None
