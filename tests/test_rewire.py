"""The one edit of a graph, and what every graph must hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

import convcost
from convcost import UsageError
from convcost.ir import INPUT
from convcost.rewire import Edit, merged, rewire
from tests.engine.networks import Builder


def chain():
    """Three relus in a row, and their sum."""
    net = Builder(4, 2, 2)
    a = net.relu(INPUT, name="a")
    b = net.relu(a, name="b")
    net.add(net.relu(b, name="c"), b, a, name="sum")
    return net.graph()


def reads(graph):
    return {node.name: node.inputs for node in graph.layers}


def node(graph, name):
    return next(each for each in graph.nodes if name == each.name)


def test_an_empty_edit_changes_nothing():
    assert chain() == rewire(chain(), Edit({}))


def test_a_layer_is_removed_and_its_readers_read_another():
    after = rewire(chain(), Edit({"b": ()}, {"b": "a"}))
    assert {"a": (INPUT,), "c": ("a",), "sum": ("c", "a", "a")} == reads(after)
    assert [] == list(after.check())


def test_names_are_followed_to_the_end():
    after = rewire(chain(), merged([Edit({"b": ()}, {"b": "a"}), Edit({"c": ()}, {"c": "b"})]))
    assert {"a": (INPUT,), "sum": ("a", "a", "a")} == reads(after)


def test_what_takes_a_place_still_reads_it_by_its_own_name():
    graph = chain()
    behind = replace(node(graph, "b"), name="behind", inputs=("b",))
    after = rewire(graph, Edit({"b": (node(graph, "b"), behind)}, {"b": "behind"}))
    assert ("b",) == reads(after)["behind"]
    assert ("behind",) == reads(after)["c"]
    assert [] == list(after.check())


def test_outputs_follow():
    assert ("c",) == rewire(chain(), Edit({"sum": ()}, {"sum": "c"})).outputs


def test_sizes_that_are_copied_follow():
    net = Builder(4, 2, 2)
    net.relu(INPUT, name="a")
    net.crop(net.upsample("a", factor=2), name="cropped", like="a")
    after = rewire(net.graph("cropped"), Edit({"a": ()}, {"a": INPUT}))
    assert (INPUT,) == node(after, "cropped").like
    assert [] == list(after.check())


FAULTS = [
    pytest.param(lambda g: (*g.nodes, node(g, "a")), "there are two layers a", id="a name twice"),
    pytest.param(
        lambda g: (g.nodes[0], *reversed(g.nodes[1:3]), *g.nodes[3:]),
        "b reads a, which no layer before it makes",
        id="order",
    ),
    pytest.param(
        lambda g: (*g.nodes[:-1], replace(g.nodes[-1], shape=(5, 2, 2))),
        "sum has the shape [5, 2, 2], but makes [4, 2, 2]",
        id="a shape",
    ),
    pytest.param(
        lambda g: (*g.nodes[:-1], replace(g.nodes[-1], shares="b")),
        "sum shares the weights of b, which is not alike",
        id="weights",
    ),
    pytest.param(lambda g: g.nodes[:-1], "there is no layer sum to put out", id="an output"),
]


@pytest.mark.parametrize(("broken", "fault"), FAULTS)
def test_a_graph_checks_itself(broken, fault):
    graph = chain()
    assert fault == next(replace(graph, nodes=broken(graph)).check())


@pytest.mark.parametrize(
    "transform",
    [
        pytest.param(convcost.without_reductions, id="without"),
        pytest.param(lambda graph: convcost.insert_reductions(graph, 2), id="reduce"),
        pytest.param(convcost.convolutionalize, id="convolutionalize"),
    ],
)
def test_every_transform_checks_at_its_door(transform):
    graph = chain()
    with pytest.raises(UsageError, match="drawn: there is no layer sum to put out"):
        transform(replace(graph, nodes=graph.nodes[:-1]))
