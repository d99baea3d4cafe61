"""Receptive fields: published ones, hand-derived ones, and those that gradients show."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convcost.engine import analyze
from convcost.engine.op_facts import Platform, Rules
from convcost.engine.receptive_field import receptive_fields
from convcost.engine.storages import rules_of
from convcost.ir import INPUT
from convcost.report import Field
from tests.engine.networks import Builder, networks


def field(net, dim=0):
    """Return the last layer's field along one dim."""
    return analyze(net.graph()).layers[-1].field[dim]


def stacked(*layers, size=64):
    """Return a 1-dim network of (kernel, stride, padding) convolutions."""
    net = Builder(1, size)
    x = INPUT
    for kernel, stride, padding in layers:
        x = net.conv(x, out=1, kernel=kernel, stride=stride, padding=padding)
    return net


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        pytest.param([(3, 1, 0)], Field(3, 1, 0), id="3"),
        pytest.param([(3, 1, 1)], Field(3, 1, -1), id="3, padded"),
        # Simonyan & Zisserman 2014, section 2.3: two 3×3 see 5×5, three 7×7
        pytest.param([(3, 1, 1)] * 3, Field(7, 1, -3), id="three 3"),
        # 7/2, then 3/2: 7 + 2·2 = 11; 2·2 = 4; -3 + 2·-1 = -5
        pytest.param([(7, 2, 3), (3, 2, 1)], Field(11, 4, -5), id="ResNet's stem"),
    ],
)
def test_windows_compose(layers, expected):
    assert field(stacked(*layers)) == expected


def test_vgg_16_before_its_classifier():
    # Araujo, Norris & Sim 2019, table 1: VGG-16, 212 pixels, effective stride 32, padding 90
    net = Builder(3, 224, 224)
    x = INPUT
    for depth in (2, 2, 3, 3, 3):
        for _ in range(depth):
            x = net.relu(net.conv(x, out=1, kernel=3, padding=1))
        x = net.max_pool(x, kernel=2)
    assert analyze(net.graph()).layers[-1].field == (Field(212, 32, -90),) * 2


def test_dims_are_apart():
    net = Builder(1, 20, 30)
    net.conv(INPUT, out=1, kernel=(1, 7), stride=(2, 3))
    assert (field(net, 0), field(net, 1)) == (Field(1, 2, 0), Field(7, 3, 0))


def test_branches_are_united():
    net = Builder(1, 20)
    narrow = net.conv(INPUT, out=1, kernel=1)
    wide = net.conv(INPUT, out=1, kernel=5, padding=2)
    later = net.conv(INPUT, out=1, kernel=3, padding=((0, 2),))
    net.concat(narrow, wide, later)
    assert field(net) == Field(5, 1, -2)
    net.add(narrow, later)
    assert field(net) == Field(3, 1, 0)


def test_a_gate_sees_the_whole_input_and_moves_nothing():
    net = Builder(2, 20)
    x = net.conv(INPUT, out=2, kernel=3, stride=2, padding=1)
    net.mul(x, net.conv(net.global_avg_pool(x), out=2, kernel=1))
    # 10 positions: from -1 to -1 + 9·2 + 3 = 20; a step still is 2
    assert field(net) == Field(21, 2, -1)


def test_what_a_gate_sees_does_not_move_later_either():
    net = Builder(2, 20)
    x = net.conv(INPUT, out=2, kernel=3, stride=2, padding=1)
    x = net.mul(x, net.conv(net.global_avg_pool(x), out=2, kernel=1))
    net.conv(x, out=2, kernel=3, stride=2, padding=1)
    # moving: 3 + 2·2 = 7, 2·2 = 4, -1 - 2 = -3; fixed: from -1 to 20
    assert field(net) == Field(23, 4, -3)


def test_a_softmax_over_positions_sees_all_of_them_from_everywhere():
    net = Builder(1, 20)
    x = net.mul(INPUT, net.softmax(INPUT))
    net.conv(x, out=1, kernel=3, padding=1)
    # moving: 3 from -1 on; fixed: from 0 to 20
    assert field(net) == Field(21, 1, -1)


def test_upsampling_gives_fractions():
    net = Builder(1, 20)
    net.conv_transpose(INPUT, out=1, kernel=4, stride=2, padding=1)
    # output p reads inputs (p - 2)/2 to (p + 1)/2: two of them, half a pixel on at each step
    assert field(net) == Field(2, Fraction(1, 2), -1)


def test_whole_numbers_are_ints_again_after_upsampling():
    net = Builder(1, 20)
    x = net.conv_transpose(INPUT, out=1, kernel=2, stride=2)
    net.max_pool(x, kernel=2, name="pool")
    # half a pixel on at each step, from half a pixel before: 1 + 1/2; two steps are a pixel
    assert field(net) == Field(Fraction(3, 2), 1, Fraction(-1, 2))
    assert isinstance(field(net).stride, int)


def test_a_flatten_sees_what_a_convolution_over_the_whole_map_would():
    net = Builder(1, 20)
    x = net.conv(INPUT, out=2, kernel=3, stride=2)
    net.linear(net.flatten(x), out=5)
    same = Builder(1, 20)
    same.conv(same.conv(INPUT, out=2, kernel=3, stride=2), out=5, kernel=9)
    assert field(net) == Field(19, 0, 0)  # there is no neighbour to step to
    assert field(same) == Field(19, 2, 0)


def test_channels_last_and_back_mixes_no_positions():
    net = Builder(4, 20, 30)
    x = net.conv(INPUT, out=4, kernel=3, padding=1)
    x = net.permute(x, order=(1, 2, 0))
    x = net.linear(x, out=8, axis=-1)
    x = net.permute(x, order=(2, 0, 1))
    net.conv(x, out=4, kernel=(1, 5), padding="half")
    assert (field(net, 0), field(net, 1)) == (Field(3, 1, -1), Field(7, 1, -3))


def test_a_linear_layer_along_a_dim_sees_all_of_it():
    net = Builder(4, 20, 30)
    net.linear(INPUT, out=8, axis=-1)
    assert (field(net, 0), field(net, 1)) == (Field(1, 1, 0), Field(30, 0, 0))


def seen(graph, position):
    """Return per input dim the (first, last) pixel on which an output position depends, or None.

    ``position``: an index into the last node's output behind the batch.
    """
    import torch

    from convcost.torch_backend import build

    network = build(graph).double().eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.fill_(1.0)
    x = torch.rand((1, *graph.input), dtype=torch.float64, generator=torch.Generator().manual_seed(0)) + 0.5
    output = network(x.requires_grad_())
    (gradient,) = torch.autograd.grad(output[(0, *position)], x, allow_unused=True)
    if gradient is None or not gradient.any():
        return None
    places = gradient[0].nonzero()
    return [(int(places[:, dim].min()), int(places[:, dim].max())) for dim in range(1, len(graph.input))]


LAYERS = st.lists(
    st.tuples(st.sampled_from(("conv", "avg_pool")), st.integers(1, 4), st.integers(1, 3), st.integers(1, 2)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40)
@given(LAYERS)
def test_gradients_fill_exactly_the_field(layers):
    pytest.importorskip("torch")
    net = Builder(1, 300)
    x = INPUT
    for op, kernel, stride, dilation in layers:
        x = (
            net.conv(x, out=1, kernel=kernel, stride=stride, dilation=dilation, padding="half")
            if op == "conv"
            else net.avg_pool(x, kernel=kernel, stride=stride)
        )
    middle = net.shapes[x][1] // 2
    size, stride, offset = field(net)
    low = offset + middle * stride
    assume(low >= 60 and low + size <= 240)  # no padding of any layer in sight
    assert seen(net.graph(), (0, middle)) == [(low, low + size - 1)]


@settings(max_examples=60)
@given(networks(), st.data())
def test_no_gradient_leaves_the_field(graph, data):
    pytest.importorskip("torch")
    assume(len(graph.outputs) == 1 and graph.outputs[0] == graph.nodes[-1].name)
    assume(not any(getattr(node.op, "mode", "zero") in {"reflect", "replicate"} for node in graph.nodes))
    rules = rules_of(graph, Rules(Platform("float32", "cpu")))
    assume(
        not any(rule.cost.statistics for rule in rules)
    )  # those see the whole map, by definition uncounted
    position = tuple(data.draw(st.integers(0, n - 1)) for n in graph.nodes[-1].shape)
    hulls = seen(graph, position)
    assume(hulls is not None)
    for dim, (first, last) in zip(receptive_fields(graph, rules)[-1], hulls, strict=True):
        spans = [dim.fixed] if dim.fixed else []
        if dim.moving:
            low = dim.moving.offset + position[dim.axis] * dim.moving.stride
            spans.append((low, low + dim.moving.size))
        assert floor(min(low for low, _ in spans)) <= first
        assert last < ceil(max(high for _, high in spans))
