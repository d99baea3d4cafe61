"""Reductions put in: what they inherit, what is skipped, and the way back."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import convcost
from convcost import UsageError
from convcost.engine import reshape
from convcost.ir import INPUT
from convcost.reductions.roles import Roles
from tests.engine.networks import Builder
from tests.reductions.drawn import nested, networks
from tests.reductions.shipped_graphs import FAMILIES, network


def node(graph, name):
    return next(n for n in graph.nodes if name == n.name)


def test_vgg_with_a_quarter():
    result = convcost.insert_reductions(network("vgg@16"), 4)
    assert 12 == len(result.inserted)
    assert [("stage1.conv.0.conv", "3 channels are too few for a reduction by 4")] == list(result.skipped)
    # 224·224 · (64·16 + 9·16·64): the second convolution behind its reduction
    layers = {layer.name: layer for layer in convcost.analyze(result.graph).layers}
    macs = [layers[n].cost.macs for n in ("stage1.conv.1_reduce.conv", "stage1.conv.1.conv")]
    assert [224 * 224 * 64 * 16, 224 * 224 * 9 * 16 * 64] == macs


@pytest.mark.parametrize(
    ("name", "conv", "layers", "bias"),
    [
        pytest.param("vgg@16", "stage2.conv.0", ["conv", "act"], True, id="act and bias"),
        pytest.param("resnet@18", "stage1.0.conv1", ["conv", "norm", "act"], False, id="norm and act"),
        pytest.param("resnet@18", "stage1.0.conv2", ["conv", "norm"], False, id="norm alone"),
        pytest.param("lenet", "conv2", [""], True, id="nothing"),
    ],
)
def test_it_inherits_norm_activation_and_bias(name, conv, layers, bias):
    result = convcost.insert_reductions(network(name), 2, only=conv)
    (one,) = result.inserted
    assert [f"{conv}_reduce.{leaf}".rstrip(".") for leaf in layers] == list(one.layers)
    assert bias == node(result.graph, one.layer).op.bias


def test_a_sandwich_works_inside_at_the_narrow_width():
    result = convcost.insert_reductions(network("resnet@18"), 4, only="stage2.0.conv2", sandwich=True)
    (one,) = result.inserted
    shapes = result.graph.shapes
    assert (128, 32, "stage2.0.conv2_expand") == (one.wide, one.width, one.expand)
    assert [32, 32, 128] == [shapes[n][0] for n in (one.layer, "stage2.0.conv2.conv", one.expand)]
    assert ("stage2.0.conv2_expand",) == node(result.graph, "stage2.0.conv2.norm").inputs
    assert ["reduce", "expand"] == [Roles(result.graph).by_name[n] for n in (one.layer, one.expand)]


def siamese():
    """A 3×3 used twice, and one of its own."""
    net = Builder(8, 6, 6)
    net.add(
        net.conv(INPUT, name="a", out=8, kernel=3), net.conv(INPUT, name="b", out=8, kernel=3), name="sum"
    )
    net.conv("sum", name="own", out=8, kernel=3)
    graph = net.graph()
    nodes = tuple(replace(n, shares="a") if n.name == "b" else n for n in graph.nodes)
    return replace(graph, nodes=nodes)


def test_those_that_share_their_weights_are_skipped():
    result = convcost.insert_reductions(siamese(), 2)
    assert ["own"] == [one.reader for one in result.inserted]
    assert {"a": "its weights are shared with b", "b": "its weights are shared with a"} == dict(
        result.skipped
    )
    assert ["own"] == [row.layer for row in convcost.breakeven(siamese())]


def test_those_behind_a_reduction_are_skipped():
    result = convcost.insert_reductions(network("googlenet"), 4)
    assert ["conv1.conv", "conv2.conv"][1:] == [one.reader for one in result.inserted]
    reasons = dict(result.skipped)
    assert "it has the reduction 3a.b5.reduce.conv" == reasons["3a.b5.5x5.conv"]


@pytest.mark.parametrize(
    ("arguments", "width"),
    [
        pytest.param({"ratio": 4}, 32, id="ratio"),
        pytest.param({"ratio": Fraction(3, 2)}, 85, id="a fraction rounds down"),
        pytest.param({"width": 24}, 24, id="width"),
        pytest.param({"ratio": 3, "multiple_of": 8}, 40, id="multiple"),
    ],
)
def test_widths(arguments, width):
    result = convcost.insert_reductions(network("vgg@16"), **arguments, only="stage3.conv.0")
    assert [width] == [one.width for one in result.inserted]  # of 128 channels


@pytest.mark.parametrize(
    ("ratio", "width"),
    [
        pytest.param(2, 50_000_000_000_000_003, id="an integer"),  # (10^17 + 7) / 2, rounded down
        pytest.param(Fraction(3, 2), 66_666_666_666_666_671, id="a fraction"),  # 2 · (10^17 + 7) / 3
    ],
)
def test_widths_are_exact_past_what_a_float_holds(ratio, width):
    net = Builder(10**17 + 7, 3, 3)
    net.conv(INPUT, out=4, kernel=3)
    assert [width] == [one.width for one in convcost.insert_reductions(net.graph(), ratio).inserted]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param({}, "CC504", "a reduction needs either a ratio or a width", id="neither"),
        pytest.param(
            {"ratio": 2, "width": 8}, "CC504", "a reduction needs either a ratio or a width", id="both"
        ),
        pytest.param(
            {"ratio": 1}, "CC504", "a ratio must be greater than 1, not 1: 4 keeps a quarter", id="ratio 1"
        ),
        pytest.param(
            {"ratio": 1.5},
            "CC504",
            "a ratio must be exact: an integer or a Fraction, not the float 1.5",
            id="a float",
        ),
        pytest.param({"width": 0}, "CC504", "a width must be at least 1, not 0", id="width 0"),
        pytest.param({"width": 12, "multiple_of": 8}, "CC504", "12 is not a multiple of 8", id="no multiple"),
        pytest.param(
            {"width": 8, "multiple_of": 0}, "CC504", "a multiple of 0 is not a width", id="multiple of 0"
        ),
        pytest.param({"ratio": 4, "only": "nope"}, "CC503", "'nope' matches no layer", id="no layer"),
        pytest.param(
            {"ratio": 4, "only": "fc6"},
            "CC503",
            "'fc6' matches no dense convolution with a kernel larger than 1",
            id="a linear layer",
        ),
        pytest.param(
            {"ratio": 4, "only": "stage1.conv.0"},
            "CC504",
            "stage1.conv.0.conv: 3 channels are too few for a reduction by 4",
            id="a stem that is named",
        ),
        pytest.param(
            {"width": 64, "only": "stage1.conv.1"},
            "CC504",
            "stage1.conv.1.conv: a reduction to 64 would not narrow its 64 channels",
            id="as wide as the input",
        ),
    ],
)
def test_bad_requests(arguments, code, said):
    with pytest.raises(UsageError) as caught:
        convcost.insert_reductions(network("vgg@16"), **arguments)
    assert (code, said) == (caught.value.diagnostics[0].code, caught.value.diagnostics[0].message)


SANDWICH = pytest.mark.parametrize(
    "sandwich", [pytest.param(False, id="plain"), pytest.param(True, id="sandwich")]
)


@SANDWICH
@pytest.mark.parametrize("name", FAMILIES)
def test_removing_what_was_inserted_is_the_way_back_for_shipped_networks(name, sandwich):
    graph = network(name)
    assert graph == there_and_back(graph, 2, sandwich=sandwich)


@example(nested(), 2, False)
@given(networks(), st.integers(2, 4), st.booleans())
def test_removing_what_was_inserted_is_the_way_back_for_drawn_ones(graph, ratio, sandwich):
    assert graph == there_and_back(graph, ratio, sandwich=sandwich)


def there_and_back(graph, ratio, *, sandwich):
    result = convcost.insert_reductions(graph, ratio, sandwich=sandwich)
    assert result.graph == reshape(result.graph)
    if not result.inserted:
        return result.graph
    back = convcost.without_reductions(result.graph, only=[one.layer for one in result.inserted])
    assert {one.layer for one in result.inserted} == {site.layer for site in back.sites}
    return back.graph
