"""The analytic figures against what torch counts, allocates and keeps: integers, no tolerance."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.engine import analyze, settle
from tests.engine.networks import Builder, networks

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

from convcost.torch_backend.measure import Measured, measure  # noqa: E402  (torch is there)


def assert_exact(graph, batch, dtype, *, real=False) -> Measured:
    """Compare layer by layer, then the totals; saved bytes where a training step can run."""
    report = analyze(graph, batch, dtype)
    measured = measure(graph, batch, dtype, real=real)
    expected = [(x.name, x.output, x.macs, x.params, x.activation_bytes) for x in measured.layers]
    actual = [(x.name, x.output, x.cost.macs, x.cost.params, x.activation_bytes) for x in report.layers]
    assert expected == actual
    totals = report.totals
    assert (measured.macs, measured.params) == (totals.cost.macs, totals.cost.params)
    assert measured.buffers == totals.cost.buffers
    assert measured.activation_bytes == totals.activation_bytes
    assert measured.peak_bytes == totals.peak_bytes
    assert (measured.unsaved is None) == (report.untrainable is None)
    if measured.saved_bytes is not None:
        kept = {x.name: x.saved_bytes for x in measured.layers}
        assert kept == {x.name: x.saved_bytes for x in report.layers}
        assert measured.saved_bytes == totals.saved_bytes
    return measured


@settings(max_examples=200)
@given(networks(), st.sampled_from((1, 2)), st.sampled_from(("float32", "bfloat16")))
def test_drawn_networks_cost_what_torch_says(graph, batch, dtype):
    try:
        assert_exact(settle(graph), batch, dtype)
    except AssertionError:
        # fake tensors give axes of size 1 other strides than the kernels do: the real run decides
        if not any(1 in node.shape for node in graph.nodes):
            raise
        assert_exact(settle(graph), batch, "float32", real=True)


@settings(max_examples=60)
@given(networks(), st.sampled_from((1, 2)))
def test_drawn_networks_cost_what_torch_really_does(graph, batch):
    assert_exact(settle(graph), batch, "float32", real=True)


def resnet50(*, add_in_place: bool) -> Builder:
    """He et al. 2015, table 1, with the stride on the 3×3."""
    net = Builder(3, 224, 224)

    def layer(x, *, act=True, **fields):
        x = net.bn(net.conv(x, bias=False, **fields))
        return net.relu(x, act=True) if act else x

    x = layer("input", out=64, kernel=7, stride=2, padding="half")
    x = net.max_pool(x, kernel=3, stride=2, padding=1)
    for stage, depth in enumerate((3, 4, 6, 3)):
        mid = 64 * 2**stage
        for index in range(depth):
            stride = 2 if stage and not index else 1
            y = layer(layer(x, out=mid, kernel=1), out=mid, kernel=3, stride=stride, padding=1)
            y = layer(y, act=False, out=4 * mid, kernel=1)
            shortcut = x if index else layer(x, act=False, out=4 * mid, kernel=1, stride=stride)
            x = net.relu(net.add(y, shortcut, inplace=add_in_place), act=True)
    net.linear(net.flatten(net.global_avg_pool(x)), out=1000)
    return net


@pytest.mark.parametrize(
    ("batch", "saved"),
    [
        # torchvision's resnet50, fp32; activations and additions in place
        pytest.param(1, 86_121_984, id="batch 1"),
        pytest.param(2, 172_031_488, id="batch 2"),
    ],
)
def test_resnet50_keeps_what_torchvisions_does(batch, saved):
    graph = settle(resnet50(add_in_place=True).graph())
    measured = assert_exact(graph, batch, "float32")
    assert saved == measured.saved_bytes


def test_resnet50_peaks_where_three_wide_tensors_meet_the_input():
    graph = settle(resnet50(add_in_place=True).graph())
    report = analyze(graph)
    # 3·224·224·4 + 3 · 256·56·56·4: the input; the 1×1 before a norm, its norm, the shortcut
    assert report.totals.peak_bytes == 10_235_904
    assert [(live.what, live.bytes) for live in report.peaks["eager"].live] == [
        ("input", 602_112),
        *[("output", 3_211_264)] * 3,
    ]


@pytest.mark.parametrize("batch", [pytest.param(1, id="batch 1"), pytest.param(2, id="batch 2")])
@pytest.mark.parametrize(
    "spec",
    ["lenet", "nin_cifar10", "googlenet", "resnet@18", "squeezenet@1_1", "mobilenet_v2", "densenet@121"],
)
def test_shipped_networks_cost_what_torch_says(spec, batch):
    from convcost.spec import load

    measured = assert_exact(settle(load(spec)), batch, "float32")
    assert measured.unsaved is None
