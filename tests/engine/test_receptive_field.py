"""Receptive fields: published ones, hand-derived ones, and those that gradients show."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convcost.engine import analyze
from convcost.engine.field_at import field_at
from convcost.engine.op_facts import Platform, Rules
from convcost.engine.storages import rules_of
from convcost.ir import INPUT
from convcost.report import Field
from convcost.spec import load
from tests.engine.networks import Builder, networks
from tests.engine.test_field_at import gradients


def field(net, dim=0):
    """Return the last layer's field along one dim."""
    return analyze(net.graph()).layers[-1].field[dim]


def alike(size, stride, offset):
    """Return the field of positions that all see as many pixels."""
    return Field(size, stride, offset, least=size)


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
        pytest.param([(3, 1, 0)], alike(3, 1, 0), id="3"),
        pytest.param([(3, 1, 1)], alike(3, 1, -1), id="3, padded"),
        # Simonyan & Zisserman 2014, section 2.3: two 3×3 see 5×5, three 7×7
        pytest.param([(3, 1, 1)] * 3, alike(7, 1, -3), id="three 3"),
        # 7/2, then 3/2: 7 + 2·2 = 11; 2·2 = 4; -3 + 2·-1 = -5
        pytest.param([(7, 2, 3), (3, 2, 1)], alike(11, 4, -5), id="ResNet's stem"),
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
    assert analyze(net.graph()).layers[-1].field == (alike(212, 32, -90),) * 2


def test_dims_are_apart():
    net = Builder(1, 20, 30)
    net.conv(INPUT, out=1, kernel=(1, 7), stride=(2, 3))
    assert (field(net, 0), field(net, 1)) == (alike(1, 2, 0), alike(7, 3, 0))


def test_branches_are_united():
    net = Builder(1, 20)
    narrow = net.conv(INPUT, out=1, kernel=1)
    wide = net.conv(INPUT, out=1, kernel=5, padding=2)
    later = net.conv(INPUT, out=1, kernel=3, padding=((0, 2),))
    net.concat(narrow, wide, later)
    assert field(net) == alike(5, 1, -2)
    net.add(narrow, later)
    assert field(net) == alike(3, 1, 0)


def test_a_gate_sees_the_whole_input_and_moves_nothing():
    net = Builder(2, 20)
    x = net.conv(INPUT, out=2, kernel=3, stride=2, padding=1)
    net.mul(x, net.conv(net.global_avg_pool(x), out=2, kernel=1))
    assert field(net) == alike(20, 2, 0)  # no padding, where a whole map is seen; a step still is 2


def test_what_a_gate_sees_does_not_move_later_either():
    net = Builder(2, 20)
    x = net.conv(INPUT, out=2, kernel=3, stride=2, padding=1)
    x = net.mul(x, net.conv(net.global_avg_pool(x), out=2, kernel=1))
    net.conv(x, out=2, kernel=3, stride=2, padding=1)
    assert field(net) == alike(20, 4, 0)


def test_a_gate_that_misses_pixels_is_united_with_what_moves():
    net = Builder(2, 20)
    seen = net.global_avg_pool(net.conv(INPUT, out=2, kernel=3, stride=3))  # pixels 0 to 17
    net.mul(net.conv(INPUT, out=2, kernel=3, padding=1), seen)
    # positions 0 to 16 see 0 to 17, the next one 0 to 18, the last two 0 to 19
    assert field(net) == Field(20, 1, 0, least=18, period=20)


def test_a_softmax_over_positions_sees_all_of_them_from_everywhere():
    net = Builder(1, 20)
    x = net.mul(INPUT, net.softmax(INPUT))
    net.conv(x, out=1, kernel=3, padding=1)
    assert field(net) == alike(20, 1, 0)


@pytest.mark.parametrize(
    ("convolved", "expected"),
    [
        pytest.param(False, Field(4, 1, 0, least=4, period=4), id="alone"),
        # where two blocks of 4 meet, both are seen
        pytest.param(True, Field(8, 1, -4, least=4, period=4), id="and a convolution"),
    ],
)
def test_what_was_pooled_comes_back_in_blocks(convolved, expected):
    net = Builder(1, 16)
    x = net.upsample(net.avg_pool(INPUT, kernel=4), factor=4)
    if convolved:
        net.conv(x, out=1, kernel=3, padding=1)
    assert field(net) == expected


def test_transposed_windows_reach_one_or_two_positions():
    net = Builder(1, 20)
    net.conv_transpose(INPUT, out=1, kernel=3, stride=2, padding=1)
    # output p reads inputs ⌈(p - 1)/2⌉ to ⌊(p + 1)/2⌋: one and two by turns
    assert field(net) == Field(2, Fraction(1, 2), 0, least=1, period=2)


def test_a_transposed_kernel_shorter_than_its_stride_leaves_positions_blind():
    net = Builder(1, 20)
    net.conv_transpose(INPUT, out=1, kernel=1, stride=2)
    assert field(net) == Field(1, Fraction(1, 2), 0, least=0, period=2)


def test_a_stride_takes_phases_away():
    net = Builder(1, 20)
    x = net.conv_transpose(INPUT, out=1, kernel=2, stride=2)
    net.max_pool(x, kernel=2, name="pool")
    assert field(net) == alike(1, 1, 0)
    assert isinstance(field(net).stride, int)


def test_an_adaptive_pools_windows_are_its_own():
    net = Builder(1, 13)
    net.adaptive_avg_pool(INPUT, size=6)
    # from ⌊13p/6⌋ to ⌈13(p + 1)/6⌉: 0-2, 2-4, 4-6, 6-8, 8-10, 10-12
    assert field(net) == Field(3, Fraction(13, 6), 0, least=3, period=6)


@pytest.mark.parametrize("spread", ["nearest", "linear", "transposed"])
def test_a_map_of_one_position_is_the_whole_input_also_after_upsampling(spread):
    net = Builder(1, 20)
    x = net.conv(net.conv(INPUT, out=1, kernel=3, padding=1), out=1, kernel=20)
    if spread == "transposed":
        x = net.conv_transpose(x, out=1, kernel=20)
    else:
        x = net.upsample(x, factor=20, mode=spread)
    net.conv(x, out=1, kernel=3, padding=1)
    assert field(net) == alike(20, 0, 0)


def test_a_pyramid_pooling_heads_positions_see_the_whole_input():
    net = Builder(1, 24)
    x = net.conv(INPUT, out=2, kernel=3, stride=2, padding=1)
    levels = [net.upsample(net.adaptive_avg_pool(x, size=n), mode="linear", like=x) for n in (1, 2, 3, 6)]
    net.conv(net.concat(x, *levels), out=1, kernel=3, padding=1)
    assert field(net) == alike(24, 2, 0)


def test_a_pyramids_fields_depend_on_the_phase():
    net = Builder(1, 512)
    x, maps = INPUT, []
    for _ in range(5):
        x = net.conv(x, out=1, kernel=3, stride=2, padding=1)
        maps.append(x)
    p4 = net.add(maps[3], net.upsample(maps[4], factor=2))
    net.conv(net.add(maps[2], net.upsample(p4, factor=2)), out=1, kernel=3, padding=1)
    # a position of the coarsest map sees 63 pixels, 32 apart, and lies over four of the finest's,
    # whose window of 3 so meets one of them (63) or two (63 + 32)
    assert field(net) == Field(95, 8, -63, least=63, period=4)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        pytest.param("unet", (188, 204, 16), id="unet"),
        pytest.param("fcn8s", (436, 468, 32), id="fcn8s"),
    ],
)
def test_shipped_decoders(spec, expected):
    assert {expected} == {(f.least, f.size, f.period) for f in analyze(load(spec)).layers[-1].field}


def test_space_to_depth_by_reshape_and_permute():
    net = Builder(3, 64, 64)
    x = net.permute(net.reshape(INPUT, shape=(96, 2, 32, 2)), order=(1, 3, 0, 2))
    net.conv(net.reshape(x, shape=(12, 32, 32)), out=4, kernel=3, padding=1)
    assert (field(net, 0), field(net, 1)) == (alike(6, 2, -2),) * 2


def test_depth_to_space_by_reshape_and_permute():
    net = Builder(12, 8, 8)
    x = net.permute(net.reshape(INPUT, shape=(4, 3, 64)), order=(1, 2, 0))  # (3, 8·8, 2·2)
    x = net.permute(net.reshape(x, shape=(24, 8, 4)), order=(0, 1, 2))
    x = net.permute(net.reshape(x, shape=(24, 8, 2, 2)), order=(0, 2, 1, 3))
    net.conv(net.reshape(x, shape=(3, 16, 16)), out=4, kernel=3, padding=1)
    # the 3 of a window lie in 2 of the 8 rows, whichever half of a row they begin in
    assert (field(net, 0), field(net, 1)) == (Field(2, Fraction(1, 2), -1, 2, 2),) * 2


def test_a_reshape_that_cuts_through_a_step_mixes_the_dim():
    net = Builder(2, 6)
    net.conv(net.reshape(INPUT, shape=(3, 4)), out=1, kernel=1)
    assert field(net) == alike(6, 0, 0)


def test_a_pattern_too_long_to_list_is_taken_for_the_widest():
    net = Builder(1, 10_007)
    net.upsample(INPUT, size=10_009, mode="linear")
    found = field(net)
    assert found.least >= 2  # each position weighs two
    assert found.size <= 4
    assert found.stride == Fraction(10_007, 10_009)


def test_parts_at_different_speeds_are_united_at_each_position():
    net = Builder(1, 9)
    back = net.upsample(net.max_pool(INPUT, kernel=2), like=INPUT)  # 4 positions for 9: ⌊4p/9⌋
    net.add(INPUT, back)
    # position p sees p and the pair from 2·⌊4p/9⌋ on: 0-1, 0-1, 0-2, 2-3, 2-4, 4-5, 4-6, 6-7, 6-8
    assert field(net) == Field(3, 1, 0, least=2, period=9)


def test_a_flatten_sees_what_a_convolution_over_the_whole_map_would():
    net = Builder(1, 20)
    x = net.conv(INPUT, out=2, kernel=3, stride=2)
    net.linear(net.flatten(x), out=5)
    same = Builder(1, 20)
    same.conv(same.conv(INPUT, out=2, kernel=3, stride=2), out=5, kernel=9)
    assert field(net) == alike(19, 0, 0)  # there is no neighbour to step to
    assert field(same) == alike(19, 2, 0)


def test_channels_last_and_back_mixes_no_positions():
    net = Builder(4, 20, 30)
    x = net.conv(INPUT, out=4, kernel=3, padding=1)
    x = net.permute(x, order=(1, 2, 0))
    x = net.linear(x, out=8, axis=-1)
    x = net.permute(x, order=(2, 0, 1))
    net.conv(x, out=4, kernel=(1, 5), padding="half")
    assert (field(net, 0), field(net, 1)) == (alike(3, 1, -1), alike(7, 1, -3))


def test_a_linear_layer_along_a_dim_sees_all_of_it():
    net = Builder(4, 20, 30)
    net.linear(INPUT, out=8, axis=-1)
    assert (field(net, 0), field(net, 1)) == (alike(1, 1, 0), alike(30, 0, 0))


@settings(max_examples=60)
@given(networks(), st.data())
def test_no_gradient_leaves_the_field(graph, data):
    pytest.importorskip("torch")
    assume(len(graph.outputs) == 1 and graph.outputs[0] == graph.nodes[-1].name)
    rules = rules_of(graph, Rules(Platform("float32", "cpu")))
    assume(
        not any(rule.cost.statistics for rule in rules)
    )  # those see the whole map, by definition uncounted
    node = graph.nodes[-1]
    position = tuple(data.draw(st.integers(0, n - 1)) for n in node.shape[1:])
    (hulls,) = gradients(graph, [position])
    assume(hulls is not None)
    clipped = field_at(graph, node, position)[INPUT].clipped
    assert clipped is not None
    for (low, high), (first, last) in zip(clipped, hulls, strict=True):
        assert low <= first <= last <= high


@pytest.mark.parametrize(
    ("shape", "sizes", "position", "boxes"),
    [
        # elements 0, 5 and 10 of 15, in rows of 3: (0, 0), (1, 2), (3, 1)
        pytest.param((1, 5, 3), (3, 5), (0,), ((0, 3), (0, 2)), id="rows of 3 among columns of 5"),
        # element 5 of 15: row 1, column 2
        pytest.param((1, 5, 3), (1, 3, 5), (1, 0), ((1, 1), (2, 2)), id="rows of 3 become rows of 5"),
        # elements 0, 64, 128, ... of 384, in rows of 6: columns 0, 4, 2, 0, 4, 2
        pytest.param((64, 6), (6, 64), (0,), ((0, 4),), id="channels and positions"),
    ],
)
def test_a_reshape_across_rows_leaves_none_out(shape, sizes, position, boxes):
    net = Builder(*shape)
    net.reshape(INPUT, shape=sizes)
    graph = net.graph()
    clipped = field_at(graph, graph.nodes[-1], position)[INPUT].clipped
    assert all(
        low <= first <= last <= high for (low, high), (first, last) in zip(clipped, boxes, strict=True)
    )
