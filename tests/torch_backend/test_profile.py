"""Timing: that times belong to layers, add up, and are taken in turn; never how long they are."""

from __future__ import annotations

import pytest

from convcost import load
from convcost.engine import analyze, settle
from convcost.errors import UsageError
from convcost.to_json.profile import profiles
from convcost.views import profile as profile_view
from convcost.views import profile_without as without_view
from tests.engine.networks import Builder

torch = pytest.importorskip("torch")

from convcost.torch_backend.profile import How, passes_of, profile  # noqa: E402  (needs torch)
from convcost.torch_backend.profile_clock import CpuClock, spread  # noqa: E402  (needs torch)
from convcost.torch_backend.profile_without import profile_without  # noqa: E402  (needs torch)
from convcost.torch_backend.runner import Subject, needs  # noqa: E402  (needs torch)

QUICK = How(warmup=1, repeat=2, threads=1)


def test_every_layer_has_a_time_and_they_add_up_to_the_pass():
    found = profile(load("lenet"), QUICK)

    for one in found.passes:
        assert [layer.name for layer in found.report.layers] == list(one.forward)
        assert all(time > 0 for time in one.forward.values())
        # What is left is the way from the last layer's end to the caller.
        assert 0 <= one.whole - sum(one.forward.values()) < one.whole / 2


def test_backward_every_layer_a_gradient_reaches_has_a_time():
    found = profile(load("lenet"), QUICK._replace(backward=True))

    for one in found.passes:
        # flatten is a view with a gradient of its own; all eight layers are reached
        assert {layer.name for layer in found.report.layers} == set(one.backward)
        assert sum(one.forward.values()) + sum(one.backward.values()) <= one.whole


class CountingClock(CpuClock):
    """Counts how often it is asked, instead of telling the time."""

    def __init__(self):
        self.now = 0

    def stamp(self):
        self.now += 1
        return self.now


def test_a_layers_time_runs_from_the_end_of_the_one_before():
    subject = Subject(load("lenet"), QUICK)
    subject.clock = CountingClock()

    one = subject.layered()

    # One stamp per layer's end, so each span is one; the ninth is the pass's own end.
    assert dict.fromkeys(one.forward, 1) == one.forward
    assert 9 == one.whole


def test_medians_and_quartiles():
    assert (3, 2, 4) == spread([5, 1, 3, 2, 4])
    assert (7, 7, 7) == spread([7])


def test_ticks_come_as_often_as_was_said():
    ticks = []
    profile(load("lenet"), QUICK, lambda: ticks.append(1))

    assert passes_of(QUICK) == len(ticks) == 1 + 2 * 2


def test_the_peak_holds_at_least_what_the_estimate_counts():
    found = profile(load("inception_3a"), QUICK)

    assert found.peak.bytes >= found.report.totals.peak_bytes


def test_threads_are_as_asked_and_as_before_afterwards():
    before = torch.get_num_threads()
    found = profile(load("lenet"), QUICK._replace(threads=2))

    assert 2 == found.machine.threads
    assert before == torch.get_num_threads()


def test_with_and_without_are_run_in_turn_and_sites_are_held_against_each_other():
    graph = load("inception_3a")
    pair = profile_without(graph, QUICK)

    # 28·28 · 192 · (96 + 9·...): with 128,049,152, without 308,281,344 (the projection stays)
    assert 308_281_344 / 128_049_152 == pair.predicted
    assert ["3a.b3.reduce.conv", "3a.b5.reduce.conv"] == [site.layer for site in pair.sites]
    # 5×5: 28·28 · (192·16 + 16·25·32) with, 28·28 · 192·25·32 without
    assert (12_443_648, 120_422_400) == (pair.sites[1].present.macs, pair.sites[1].without.macs)
    assert all(site.realised for site in pair.sites)


def test_the_verdict_is_a_sentence():
    pair = profile_without(load("inception_3a"), QUICK)

    assert "macs: 2.408× fewer with the reductions" == without_view.verdict(pair)[0]


def test_a_network_without_reductions_has_nothing_to_compare():
    with pytest.raises(UsageError, match="lenet has no 1×1 reduction"):
        profile_without(load("lenet"), QUICK)


def test_what_does_not_fit_is_refused_with_what_it_would_need():
    graph = load("googlenet")
    reports = {"googlenet": analyze(graph, 10**7)}
    how = QUICK._replace(batch=10**7)
    totals = reports["googlenet"].totals

    assert {"weights": totals.weight_bytes, "tensors": totals.peak_bytes} == needs(reports, how)
    with pytest.raises(UsageError, match=r"googlenet and googlenet without its reductions: .* are needed"):
        profile_without(graph, how)


def test_backward_needs_gradients_and_what_autograd_keeps():
    report = analyze(load("lenet"))
    totals = report.totals

    assert {
        "weights": totals.weight_bytes,
        "gradients": totals.weight_bytes,
        "kept for the backward pass": totals.saved_bytes,
    } == needs({"lenet": report}, QUICK._replace(backward=True))


@pytest.mark.parametrize(
    ("spec", "how", "said"),
    [
        pytest.param("lenet", How(repeat=0), "at least once, not 0 times", id="repeat 0"),
        pytest.param(
            "alexnet@2012,input=3x67x67",
            How(dtype="bfloat16", warmup=0, repeat=1),
            r"norm1 \(LocalResponseNorm\) does not run in bfloat16 on cpu",
            id="a dtype an op has no kernel for",
        ),
        pytest.param(
            "dainet@m3", How(channels_last=True), "needs 2 or 3 spatial dims", id="channels-last in 1-d"
        ),
        pytest.param(
            "resnet@18,input=3x32x32",
            How(channels_last=True, backward=True),
            "stage2.0.shortcut.conv1.conv: torch reads out of bounds",
            id="a strided 1×1, channels-last, backward",
        ),
        pytest.param(
            "mobilenet_v3@small,input=3x32x32",
            How(backward=True, warmup=0, repeat=1),
            "the backward pass does not run in float32 on cpu: Expected more than 1 value",
            id="a norm over one value",
        ),
    ],
)
def test_what_cannot_be_run_is_said_in_a_sentence(spec, how, said):
    with pytest.raises(UsageError, match=said):
        profile(load(spec), how)


def test_values_that_overflow_half_precision_are_named():
    net = Builder(4, 64, 64)
    x = net.pad("input", size=0)
    for _ in range(4):  # a row times a column of 64 adds up squares of squares: past 65,504
        x = net.matmul(x, x)
    found = profile(settle(net.graph()), How(dtype="float16", warmup=0, repeat=1))

    assert 1 == len(found.notes)
    assert "is the first layer whose output holds NaN or infinity in float16" in found.notes[0]


def test_channels_last_changes_the_layout_alone():
    found = profile(load("squeezenet@1_1,input=3x64x64"), QUICK._replace(channels_last=True))

    assert found.passes
    assert () == found.notes


def test_rows_are_grouped_and_whole():
    found = profile(load("squeezenet@1_1,input=3x64x64"), QUICK)
    lines = profile_view.grouped(found, 1)
    shown = profile_view.view(found, "squeezenet", None)

    assert [layer for line in lines for layer in line.layers] == list(found.report.layers)
    assert len(found.report.layers) + 1 == len(shown.data.items)


def test_plain_data_has_every_layer_in_nanoseconds():
    (found,) = profiles([profile(load("lenet"), QUICK._replace(backward=True))])["profiles"]

    assert ["median", "low", "high"] == list(found["time_ns"])
    assert 8 == len(found["layers"])
    assert {"forward_ns", "backward_ns"} <= set(found["layers"][0])


def test_compiled_only_the_whole_is_timed(monkeypatch):
    # torch.compile itself takes half a minute and a C++ compiler: here it hands the network back.
    monkeypatch.setattr(torch, "compile", lambda network: network)
    found = profile(load("lenet"), QUICK._replace(compile=True))

    assert () == found.passes
    assert "the layers cannot be timed apart" in found.notes[0]
    assert profile_view.view(found, "lenet").blocks
