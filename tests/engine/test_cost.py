"""Totals, groups, traffic and weights, by hand; the shapes of errors; how time and memory grow."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.cost import COUNTERS
from convcost.engine import analyze, rollup, totals
from convcost.errors import UsageError
from convcost.ir import INPUT, Origin
from convcost.ops import op_class
from tests.engine.networks import Builder, networks


def small():
    """Return a stem (conv, bn, relu) and a head of a pool, a flatten and a linear layer."""
    net = Builder(3, 8, 8)
    x = net.conv(INPUT, out=4, kernel=3, padding="half", bias=False, name="stem.conv")
    x = net.relu(net.bn(x, name="stem.norm"), name="stem.act")
    x = net.flatten(net.global_avg_pool(x, name="head.pool"), name="head.flat")
    net.linear(x, out=10, name="head.fc")
    return net.graph()


def test_every_layer_and_the_totals():
    report = analyze(small(), batch=2)
    layers = {layer.name: layer for layer in report.layers}
    # 64 positions · 3 · 4 · 3·3 = 6912, twice; 108 weights do not grow with the batch
    conv = layers["stem.conv"]
    assert (conv.cost.macs, conv.cost.params, conv.weight_bytes) == (13_824, 108, 432)
    # input 192, weights 108, output 256 elements; inputs and outputs twice
    assert conv.traffic_bytes == 4 * (2 * (192 + 256) + 108)
    assert conv.intensity == 27_648 / 4_016
    # 4 scales, 4 shifts, 4 means, 4 variances of 4 bytes, and a step counter of 8
    assert layers["stem.norm"].weight_bytes == 72
    assert layers["head.flat"].traffic_bytes == 0
    # 2 · (4 · 10) macs, 50 parameters
    assert report.totals.cost.macs == 13_824 + 80
    assert report.totals.cost.params == 108 + 8 + 50
    assert report.totals.cost.nonlinearities == 1
    assert report.totals.peak_bytes == report.peaks["eager"].bytes


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        pytest.param("float64", 8 * 16 + 8, id="float64"),
        pytest.param("float16", 2 * 16 + 8, id="float16"),
        pytest.param("int8", 1 * 16 + 8, id="int8"),
    ],
)
def test_a_step_counter_is_an_int64_at_any_dtype(dtype, expected):
    assert analyze(small(), dtype=dtype).layers[1].weight_bytes == expected


def test_a_tensor_read_twice_moves_once():
    net = Builder(1, 8, 8)
    net.add(INPUT, INPUT)
    assert analyze(net.graph()).totals.traffic_bytes == 4 * (64 + 64)


def test_what_works_in_place_moves_its_input_and_its_output():
    net = Builder(1, 8, 8)
    net.relu(net.conv(INPUT, out=1, kernel=1, bias=False), inplace=True)
    assert analyze(net.graph()).layers[1].traffic_bytes == 4 * (64 + 64)


def test_groups_stand_in_order_and_hold_their_maximum_peak():
    report = analyze(small())
    stem, head = rollup(report)
    assert [("stem", 3), ("head", 3)] == [(group.name, group.layers) for group in (stem, head)]
    assert stem.totals.peak_bytes == max(layer.peak_bytes for layer in report.layers[:3])
    assert stem.totals.cost.macs + head.totals.cost.macs == report.totals.cost.macs


@pytest.mark.parametrize(
    ("depth", "names"),
    [
        pytest.param(1, ["a", "b"], id="1"),
        pytest.param(2, ["a.0", "a.1", "b"], id="2"),
        pytest.param(9, ["a.0.x", "a.0.y", "a.1.x", "b"], id="deeper than any"),
    ],
)
def test_groups_by_depth(depth, names):
    net = Builder(1, 4, 4)
    x = INPUT
    for name in ("a.0.x", "a.0.y", "a.1.x", "b"):
        x = net.conv(x, out=1, kernel=1, name=name)
    assert names == [group.name for group in rollup(analyze(net.graph()), depth)]


@settings(max_examples=100)
@given(networks(), st.integers(1, 4))
def test_totals_are_the_sums_of_the_layers(graph, batch):
    report = analyze(graph, batch)
    for counter in COUNTERS:
        assert getattr(report.totals.cost, counter) == sum(getattr(x.cost, counter) for x in report.layers)
    for metric in ("weight_bytes", "activation_bytes", "saved_bytes", "traffic_bytes"):
        assert report.totals.metric(metric) == sum(layer.metric(metric) for layer in report.layers)
    assert report.totals == totals(report.layers)


@settings(max_examples=50)
@given(networks())
def test_saved_bytes_are_a_line_over_the_batch(graph):
    """From a batch of 2 on: of one sample, a view may be what is a copy of several."""
    two, three, four = (analyze(graph, batch).totals.saved_bytes for batch in (2, 3, 4))
    assert three - two == four - three


def test_no_layers_cost_nothing():
    report = analyze(Builder(1, 4, 4).graph(INPUT))
    assert (report.layers, report.totals.cost.macs, report.totals.intensity) == ((), 0, 0.0)


def test_roles_are_those_given_or_declared():
    net = Builder(1, 4, 4)
    net.add_op(op_class("conv")(out=1, kernel=1), INPUT, origin=Origin(role="reduce"), name="a")
    assert analyze(net.graph()).layers[0].role == "reduce"
    assert analyze(net.graph(), roles={"a": "mix"}).layers[0].role == "mix"


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        pytest.param({"dtype": "flaot32"}, "unknown dtype 'flaot32'", "did you mean 'float32'?", id="dtype"),
        pytest.param({"device": "cdua"}, "unknown device 'cdua'", "did you mean 'cuda'?", id="device"),
        pytest.param({"batch": 0}, "batch must be at least 1, not 0", None, id="batch"),
    ],
)
def test_impossible_settings_are_refused(arguments, message, hint):
    with pytest.raises(UsageError) as caught:
        analyze(small(), **arguments)
    (diagnostic,) = caught.value.diagnostics
    assert (message, hint) == (diagnostic.message, diagnostic.hint)


def test_statistics_are_float32_or_wider_on_cuda():
    cpu, cuda = (analyze(small(), dtype="float16", device=device).layers[1] for device in ("cpu", "cuda"))
    # twice 4 channels' statistics: of 2 bytes on the CPU, of 4 on CUDA
    assert cuda.saved_bytes - cpu.saved_bytes == 2 * 4 * (4 - 2)


def test_a_layer_takes_a_few_kilobytes_however_many_there_are():
    net = Builder(3, 8, 8)
    x = INPUT
    for index in range(2000):
        x = net.conv(x, out=4, kernel=1, name=f"stage{index // 100}.{index}")
    graph = net.graph()
    tracemalloc.start()
    analyze(graph)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most / 2000 < 4_000  # bytes; it takes about 1,200
