"""Shapes inferred anew, and the layer named where they cannot be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from convcost.engine import reshape
from convcost.errors import SpecError
from convcost.ir import INPUT
from tests.engine.networks import Builder, networks


def small():
    net = Builder(3, 8, 8)
    x = net.conv(INPUT, out=4, kernel=3, name="a")
    net.linear(net.flatten(net.max_pool(x, kernel=2)), out=10, name="fc")
    return net.graph()


def test_another_input_changes_every_shape_behind_it():
    shapes = [node.shape for node in reshape(small(), input=(1, 10, 12)).layers]
    assert [(4, 8, 10), (4, 4, 5), (80,), (10,)] == shapes


def test_other_nodes_are_inferred_in_order():
    graph = small()
    wider = replace(graph.layers[0], op=replace(graph.layers[0].op, out=6))
    assert [6, 6, 54, 10] == [
        node.shape[0] for node in reshape(graph, nodes=(graph.nodes[0], wider, *graph.layers[1:])).layers
    ]


def test_the_first_layer_that_cannot_stand_is_named():
    with pytest.raises(SpecError) as caught:
        reshape(small(), input=(3, 2, 8))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "CC401"
    assert diagnostic.message.startswith("a: the kernel spans 3 positions")


@settings(max_examples=50)
@given(networks())
def test_nothing_changed_is_nothing_changed(graph):
    assert reshape(graph) == graph
    assert all(new is old for new, old in zip(reshape(graph).layers, graph.layers, strict=True))
