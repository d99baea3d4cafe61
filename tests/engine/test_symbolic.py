"""The engine on symbols: one run gives formulas for the figures of every input size that takes its branches."""

from __future__ import annotations

from dataclasses import replace

import pytest

from convcost.engine.run import Run
from convcost.ir import Graph
from convcost.spec import load
from convcost.symbolic import Trace, at

BYTES = ("weight_bytes", "activation_bytes", "peak_bytes", "saved_bytes", "traffic_bytes")


def resized(graph, shape):
    """Return a network on another input, every shape made by its op's own rule; sizes may be symbols."""
    shapes, nodes = {}, []
    for node in graph.nodes:
        op = replace(node.op, size=shape) if not node.inputs else node.op
        shapes[node.name] = op.shape(*[shapes[name] for name in node.inputs + node.like])
        nodes.append(replace(node, op=op, shape=shapes[node.name]))
    return Graph(graph.name, tuple(nodes), graph.outputs)


@pytest.mark.parametrize(
    "spec", ["lenet", "googlenet", "unet", "mobilenet_v2", "densenet@121", "shufflenet_v2"]
)
def test_totals_are_formulas_of_the_input(spec):
    graph = load(spec)
    channels, *met = graph.input
    trace = Trace()
    symbols = [trace.size(f"dim {i}", size, high=4096) for i, size in enumerate(met)]
    formulas = Run.settled(resized(graph, (channels, *symbols)), batch=2).totals()

    held = [tried for more in (0, 4, 16, 32) if trace.holds(named(tried := [size + more for size in met]))]

    assert held[0] == met
    for tried in held:
        expected = Run.settled(resized(graph, (channels, *tried)), batch=2).totals()
        for counter in ("macs", "flops", "params"):
            assert getattr(expected.cost, counter) == at(getattr(formulas.cost, counter), named(tried))
        for figure in BYTES:
            assert getattr(expected, figure) == at(getattr(formulas, figure), named(tried))


def named(sizes):
    return {f"dim {i}": size for i, size in enumerate(sizes)}


OTHER = {"h": 208, "w": 240}


def test_a_convolutional_networks_formulas_hold_for_other_inputs():
    graph = load("mobilenet_v2")
    trace = Trace()
    sizes = {"h": 224, "w": 224}
    symbols = [trace.size(name, size, low=32, high=4096) for name, size in sizes.items()]
    totals = Run.settled(resized(graph, (3, *symbols))).totals()
    assert trace.holds(OTHER)
    other = Run.settled(resized(graph, (3, 208, 240))).totals()
    assert other.peak_bytes == at(totals.peak_bytes, OTHER)
    assert other.cost.macs == at(totals.cost.macs, OTHER)
