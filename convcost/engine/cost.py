"""From a graph to its report: every rule asked once, every figure an exact integer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.engine.fused import fused
from convcost.engine.peak import eager
from convcost.engine.receptive_field import receptive_fields
from convcost.engine.rules import Rules, Target
from convcost.engine.saved import saved_bytes
from convcost.engine.storages import last_reads, rules_of, walk
from convcost.engine.totals import totals
from convcost.errors import Diagnostic, UsageError
from convcost.ops._formula import prod
from convcost.report import LayerCost, Report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcost.cost import Cost
    from convcost.engine.rules import Rule
    from convcost.engine.storages import Step
    from convcost.ir import Graph, Node


def analyze(
    graph: Graph,
    batch: int = 1,
    dtype: str = "float32",
    device: str = "cpu",
    roles: Mapping[str, str] | None = None,
) -> Report:
    """Return all figures of a network; sizes in bytes at this batch, dtype and device.

    ``roles`` gives the roles of pointwise convolutions by layer name; without it only
    declared ones are reported. Raises UsageError for an unknown dtype or device, and for
    a batch below 1.
    """
    if batch < 1:
        raise UsageError(Diagnostic("CC901", f"batch must be at least 1, not {batch}"))
    target = Target(dtype, device)
    rules = rules_of(graph, Rules(target))
    last = last_reads(graph)
    inference = walk(graph, rules, training=False)
    run = eager(graph, inference, last, target.element, batch)
    alive = run.alive()
    peak = run.peak(alive)
    ideal = fused(graph, rules, inference, last, target.element * batch)
    saved = saved_bytes(walk(graph, rules, training=True), target.element, batch)
    seen = receptive_fields(graph, rules)
    scaled: dict[int, Cost] = {}
    layers = []
    for index, (node, rule) in enumerate(zip(graph.nodes, rules, strict=True)):
        step = inference.steps[index]
        cost = scaled.get(id(rule)) or scaled.setdefault(id(rule), rule.cost.at(batch))
        layers.append(
            LayerCost(
                name=node.name,
                op=node.op.NAME,
                role=roles.get(node.name) if roles else node.origin.role,
                inputs=rule.inputs[: len(node.inputs)],
                output=node.shape,
                cost=cost,
                weight_bytes=rule.weights,
                activation_bytes=rule.elements * batch * target.element if step.is_new else 0,
                peak_bytes=alive[index],
                saved_bytes=saved[index],
                traffic_bytes=_traffic(node, rule, step) * batch * target.element + rule.weights,
                field=tuple([dim.field for dim in seen[index]]),
                loc=node.loc,
            )
        )
    return Report(
        name=graph.name,
        spec=graph.spec,
        variant=graph.variant,
        input=graph.input,
        batch=batch,
        dtype=dtype,
        device=device,
        layers=tuple(layers),
        totals=totals(layers, peak.bytes),
        peaks={"eager": peak, "fused": ideal.peak(ideal.alive())},
    )


def _traffic(node: Node, rule: Rule, step: Step) -> int:
    """Return the elements per sample a node reads and writes; a tensor read twice counts once."""
    if not step.is_new and not step.memory.writes:
        return 0
    if len(node.inputs) == 1:
        return prod(rule.inputs[0]) + rule.elements
    read = dict(zip(node.inputs, rule.inputs, strict=False))
    return sum([prod(shape) for shape in read.values()]) + rule.elements
