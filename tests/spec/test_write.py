"""Graphs written as flat specs read back as they were."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given

import convcost
from convcost.engine import analyze
from convcost.ir import INPUT
from convcost.reductions.roles import roles
from convcost.spec import load_text
from convcost.spec.write import _value, write
from tests.engine import networks as any_op
from tests.engine.networks import Builder
from tests.reductions.drawn import networks
from tests.reductions.shipped_graphs import FAMILIES, bare, network


@pytest.mark.parametrize("name", FAMILIES)
def test_shipped_networks_read_back(name):
    graph = network(name)
    back = load_text(write(graph, ["a remark"]).encode())
    assert bare(graph) == bare(back)
    assert graph.name == back.name
    assert roles(graph) == roles(back)


@given(networks())
def test_drawn_networks_read_back(graph):
    assert bare(graph) == bare(load_text(write(graph).encode()))


@given(any_op.networks())
def test_networks_of_all_ops_read_back(graph):
    used = {name for node in graph.nodes for name in (*node.inputs, *node.like)}
    if any(node.name not in used and node.name not in graph.outputs for node in graph.nodes):
        return  # the language refuses what nobody uses
    assert bare(graph) == bare(load_text(write(graph).encode()))


@pytest.mark.parametrize(
    "transformed",
    [
        pytest.param(lambda: convcost.without_reductions("googlenet").graph, id="without"),
        pytest.param(lambda: convcost.without_reductions("resnet@50").graph, id="without sandwiches"),
        pytest.param(lambda: convcost.insert_reductions("vgg@16", 4).graph, id="reduce"),
        pytest.param(
            lambda: convcost.insert_reductions("resnet@18", 4, sandwich=True).graph, id="bottlenecks"
        ),
        pytest.param(lambda: convcost.convolutionalize("vgg@16", (3, 384, 384)).graph, id="convolutionalize"),
    ],
)
def test_what_transforms_write_analyses_to_what_they_predict(transformed):
    graph = transformed()
    back = load_text(write(graph).encode())
    assert analyze(graph).totals == analyze(back).totals
    assert analyze(graph).peaks == analyze(back).peaks
    assert roles(graph) == roles(back)


def test_several_outputs_and_awkward_names():
    net = Builder(3, 4, 4)
    net.conv(INPUT, name="50", out=4, kernel=1)
    net.conv("50", name="-a", out=4, kernel=1)
    net.conv("50", name="null", out=4, kernel=1)
    graph = net.graph("-a", "null")
    text = write(graph)
    assert 'outputs: ["-a", "null"]' in text
    assert bare(graph) == bare(load_text(text.encode()))


def test_lines_stay_within_their_width():
    assert 100 >= max(map(len, write(network("inception_v3")).splitlines()))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(Fraction(1, 10), "0.1", id="a tenth"),
        pytest.param(Fraction(-5, 4), "-1.25", id="negative"),
        pytest.param(Fraction(1, 3), "1/3", id="no decimal"),
        pytest.param(((1, 2), (0, 3)), "[[1, 2], [0, 3]]", id="pairs"),
        pytest.param(True, "true", id="flag"),
    ],
)
def test_values(value, text):
    assert text == _value(value)
