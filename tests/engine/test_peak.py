"""Where memory peaks, by hand: float32, batch 1, so a tensor of n elements has 4·n bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.engine import analyze, settle
from convcost.ir import INPUT
from convcost.report import Live
from convcost.spec import load, shipped
from tests.engine.networks import Builder, networks

KIB = 1024


def chain():
    """Return three 3×3 convolutions on 16×16: 1, then 2, 4 and 1 KiB."""
    net = Builder(1, 16, 16)
    x = INPUT
    for name, out in (("a", 2), ("b", 4), ("c", 1)):
        x = net.conv(x, out=out, kernel=3, padding="half", name=name)
    return net.graph()


def test_a_chain_holds_the_input_and_two_neighbours():
    report = analyze(chain())
    # a: input 1 + a 2; b: input 1 + a 2 + b 4; c: input 1 + b 4 + c 1
    assert [3 * KIB, 7 * KIB, 6 * KIB] == [layer.peak_bytes for layer in report.layers]
    peak = report.peaks["eager"]
    assert (peak.policy, peak.bytes, peak.at) == ("eager", 7 * KIB, "b")
    assert peak.live == (
        Live("input", KIB, "input"),
        Live("a", 2 * KIB, "output"),
        Live("b", 4 * KIB, "output"),
    )


@pytest.mark.parametrize(
    ("dtype", "batch", "factor"),
    [
        pytest.param("float64", 1, 2, id="float64"),
        pytest.param("float32", 3, 3, id="batch 3"),
        pytest.param("bfloat16", 1, 0.5, id="bfloat16"),
        pytest.param("int8", 8, 2, id="int8, batch 8"),
    ],
)
def test_a_peak_scales_with_batch_and_element_size(dtype, batch, factor):
    assert analyze(chain(), batch, dtype).totals.peak_bytes == 7 * KIB * factor


def test_a_view_keeps_its_whole_base():
    net = Builder(1, 16, 16)
    wide = net.conv(INPUT, out=4, kernel=1, name="wide")
    part = net.slice(wide, stop=1, name="part")
    x = net.conv(part, out=1, kernel=1, name="x")
    net.add(x, part, name="sum")
    report = analyze(net.graph())
    # at the sum: input 1, wide 4 (through its part), x 1, sum 1
    assert [5 * KIB, 5 * KIB, 6 * KIB, 7 * KIB] == [layer.peak_bytes for layer in report.layers]
    assert [4 * KIB, 0, KIB, KIB] == [layer.activation_bytes for layer in report.layers]


def test_indices_of_a_max_pool_are_temporary():
    net = Builder(1, 16, 16)
    net.max_pool(INPUT, kernel=2, name="pool")
    peak = analyze(net.graph()).peaks["eager"]
    # 64 positions: 256 bytes, and 64 int64 indices: 512
    assert peak.live == (
        Live("input", KIB, "input"),
        Live("pool", 256, "output"),
        Live("pool", 512, "temporary"),
    )
    assert analyze(net.graph()).peaks["fused"].bytes == KIB + 256


def test_outputs_are_alive_to_the_end():
    net = Builder(1, 16, 16)
    early = net.conv(INPUT, out=1, kernel=1, name="early")
    late = net.conv(net.conv(early, out=1, kernel=1, name="middle"), out=1, kernel=1, name="late")
    assert analyze(net.graph(late)).totals.peak_bytes == 3 * KIB
    assert analyze(net.graph(early, late)).totals.peak_bytes == 4 * KIB


@pytest.mark.parametrize(
    ("batch", "peak", "saved"),
    [
        # the input 4·8·8, the convolution 8·8·8, all of which its slice keeps, and 10 outputs
        pytest.param(1, 3112, 3072, id="one sample"),
        pytest.param(2, 6224, 6144, id="two samples"),
    ],
)
def test_a_slice_of_the_channels_is_flattened_and_read_as_it_lies(batch, peak, saved):
    net = Builder(4, 8, 8)
    x = net.slice(net.conv(INPUT, out=8, kernel=1), stop=6)
    net.linear(net.flatten(x), out=10)
    totals = analyze(net.graph(), batch).totals
    assert (totals.peak_bytes, totals.saved_bytes) == (peak, saved)


@pytest.mark.parametrize(
    ("batch", "peak"),
    [
        # the input 4, the norm of 1 channel 1, its mean and deviation; 1 channel of one sample has no gaps
        pytest.param(1, 5 * KIB + 8, id="one sample is read as it lies"),
        pytest.param(2, 12 * KIB + 16, id="two are copied by torch"),
    ],
)
def test_a_group_norm_copies_a_slice_of_more_than_one_sample(batch, peak):
    net = Builder(4, 16, 16)
    net.group_norm(net.slice(INPUT, stop=1), groups=1)
    assert analyze(net.graph(), batch).totals.peak_bytes == peak


def test_positions_that_have_gaps_are_flattened_by_a_copy():
    net = Builder(1, 16, 16)
    small = net.max_pool(INPUT, kernel=2, name="small")
    net.flatten(net.crop(INPUT, like=small), name="flat")
    layer = analyze(net.graph()).layers[-1]
    # 8·8 positions in the middle: 256 bytes; and the input and the pool's output
    assert (layer.activation_bytes, layer.peak_bytes, layer.traffic_bytes) == (256, KIB + 512, 512)


def test_a_convolution_of_one_channel_may_write_channels_last():
    net = Builder(3, 1)
    x = net.conv(net.permute(INPUT, order=(1, 0)), out=2, kernel=1)
    net.flatten(x)
    totals = analyze(net.graph()).totals
    # 3 positions, the two channels side by side, in torch: strides (6, 1, 2); flattened by a copy
    assert (totals.activation_bytes, totals.peak_bytes) == (4 * (6 + 6), 4 * (3 + 6 + 6))


def test_fused_folds_norms_and_works_in_place():
    net = Builder(1, 16, 16)
    x = net.relu(net.bn(net.conv(INPUT, out=4, kernel=1, name="conv")))
    net.conv(x, out=1, kernel=1)
    peaks = analyze(net.graph()).peaks
    # eager: input 1, two of the three tensors of 4; fused: the one there is, with the input or the output
    assert (peaks["eager"].bytes, peaks["fused"].bytes) == (9 * KIB, 5 * KIB)
    assert peaks["fused"].live[1] == Live("conv", 4 * KIB, "output")


def test_fused_keeps_a_norm_whose_convolution_is_read_elsewhere():
    net = Builder(1, 16, 16)
    x = net.conv(INPUT, out=4, kernel=1, name="x")
    net.bn(x, name="norm")
    # convolution 4, norm 4: both are outputs
    assert analyze(net.graph("x", "norm")).peaks["fused"].bytes == 8 * KIB


def test_fused_overwrites_nothing_that_is_read_later():
    net = Builder(1, 16, 16)
    x = net.conv(INPUT, out=4, kernel=1)
    net.relu(x)
    net.conv(x, out=4, kernel=1)
    # 4 each: what both read, and both outputs
    assert analyze(net.graph()).peaks["fused"].bytes == 12 * KIB


def test_fused_adds_into_no_storage_that_holds_both_operands():
    net = Builder(1, 16, 16)
    x = net.conv(INPUT, out=4, kernel=1)
    net.add(x, x)
    assert analyze(net.graph()).peaks["fused"].bytes == 8 * KIB


def test_fused_keeps_a_norm_that_needs_the_statistics_of_its_input():
    net = Builder(1, 16, 16)
    net.group_norm(net.conv(INPUT, out=4, kernel=1), groups=1)
    assert analyze(net.graph()).peaks["fused"].bytes == 8 * KIB


def test_fused_never_writes_over_the_network_input():
    net = Builder(1, 16, 16)
    net.relu(INPUT)
    assert analyze(net.graph()).peaks["fused"].bytes == 2 * KIB


def inception():
    """Return a concat of 2 + 1 channels, each from a convolution of the input, and a reader."""
    net = Builder(1, 16, 16)
    a = net.conv(INPUT, out=2, kernel=1, name="a")
    b = net.conv(INPUT, out=1, kernel=1, name="b")
    net.concat(a, b, name="all")
    return net


def test_fused_writes_a_concats_inputs_into_its_storage():
    peaks = analyze(inception().graph()).peaks
    # eager: input 1, a 2, b 1, all 3; fused: input 1, all 3 from the first producer on
    assert (peaks["eager"].bytes, peaks["fused"].bytes) == (7 * KIB, 4 * KIB)
    assert (peaks["fused"].at, peaks["fused"].live[1]) == ("a", Live("all", 3 * KIB, "output"))


def test_fused_nests_a_concat_in_a_later_one():
    net = inception()
    c = net.conv("all", out=1, kernel=1, name="c")
    net.concat("all", c, name="more")
    # input 1, more 4, of which all is a part
    peak = analyze(net.graph()).peaks["fused"]
    assert (peak.bytes, peak.live[1].layer) == (5 * KIB, "more")


def test_fused_copies_what_belongs_to_another_concat():
    net = inception()
    net.concat("a", net.conv("a", out=1, kernel=1, name="c"), name="more")
    # all 3 (an output), more 3 with c in it and a copied
    assert analyze(net.graph()).peaks["fused"].bytes == 6 * KIB


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(("a", "a"), id="the same tensor twice"),
        pytest.param(("a", "input"), id="the network input"),
        pytest.param(("a", "part"), id="a slice"),
    ],
)
def test_fused_copies_what_cannot_lie_in_a_concat(again):
    net = Builder(2, 16, 16)
    a = net.conv(INPUT, out=2, kernel=1, name="a")
    net.slice(INPUT, stop=2, name="part")
    net.concat(*again, name="all")
    # input 2, all 4 with a in it
    assert analyze(net.graph("all")).peaks["fused"].bytes == 6 * KIB
    assert a in again


def test_fused_copies_a_part_rather_than_reserve_a_concat_too_early():
    net = Builder(1, 16, 16)
    skip = net.conv(INPUT, out=1, kernel=1, name="skip")
    wide = net.conv(skip, out=16, kernel=1, name="wide")
    x = net.conv(net.conv(wide, out=1, kernel=1, name="thin"), out=4, kernel=1, name="x")
    net.concat(skip, x, name="all")
    # at thin: skip 1, wide 16, thin 1; all 5 instead of skip would make it 22
    peak = analyze(net.graph()).peaks["fused"]
    assert (peak.bytes, peak.at) == (18 * KIB, "thin")


def test_fused_reserves_nothing_for_a_part_that_is_overwritten_later():
    net = inception()
    net.relu("a", name="act")
    # at b: input 1, a 2, all 3 with b in it; act works in place in a, which so is no part of all
    assert analyze(net.graph()).peaks["fused"].bytes == 6 * KIB


def test_fused_frees_the_input_after_its_last_reader():
    peaks = analyze(chain()).peaks
    # eager: input 1, a 2, b 4; fused: without the input
    assert (peaks["eager"].bytes, peaks["fused"].bytes) == (7 * KIB, 6 * KIB)


@pytest.mark.parametrize(
    ("spec", "dtype", "peak"),
    [
        # MCUNet's figures: 96·112·112 + 96·56·56, and 2 · 256·56·56 + 64·56·56 in 4 bytes
        pytest.param("mobilenet_v2", "int8", 1_505_280, id="mobilenet_v2"),
        pytest.param("resnet@50", "float32", 7_225_344, id="resnet-50"),
        # 128·56·56 and all of the block so far, 6 · 32 + 64 channels of it, before the transition's pool
        pytest.param("densenet@121", "float32", 7_225_344, id="densenet-121"),
    ],
)
def test_fused_peaks_of_shipped_networks(spec, dtype, peak):
    peaks = analyze(load(spec), dtype=dtype).peaks
    assert peak == peaks["fused"].bytes


@settings(max_examples=100)
@given(networks(), st.sampled_from((1, 2)))
def test_fused_is_never_above_eager(graph, batch):
    peaks = analyze(settle(graph), batch).peaks
    assert peaks["fused"].bytes <= peaks["eager"].bytes


@pytest.mark.parametrize("spec", [pytest.param(ref, id=ref) for ref in shipped.names()])
def test_fused_is_never_above_eager_where_networks_ship(spec):
    peaks = analyze(load(spec)).peaks
    assert peaks["fused"].bytes <= peaks["eager"].bytes


def test_a_network_without_layers_holds_its_input():
    net = Builder(1, 16, 16)
    report = analyze(net.graph(INPUT))
    assert report.totals.peak_bytes == KIB
    assert report.peaks["eager"].live == (Live("input", KIB, "input"),)


def test_in_place_layers_allocate_nothing():
    net = Builder(1, 16, 16)
    net.relu(net.bn(net.conv(INPUT, out=4, kernel=1)), act=True)
    layers = analyze(settle(net.graph())).layers
    assert [4 * KIB, 4 * KIB, 0] == [layer.activation_bytes for layer in layers]
    assert [5 * KIB, 9 * KIB, 5 * KIB] == [layer.peak_bytes for layer in layers]
