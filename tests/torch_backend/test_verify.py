"""Every figure of every shipped network, and of networks drawn from all ops, is what torch makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost import load
from convcost.cli._specs import variants
from convcost.engine import analyze, settle
from convcost.errors import UsageError
from convcost.spec import shipped
from convcost.view import Table
from convcost.views.verify import view
from tests.engine.networks import networks

torch = pytest.importorskip("torch")

from convcost.torch_backend.measure import measure  # noqa: E402  (needs torch)
from convcost.torch_backend.verify import compare, verify  # noqa: E402  (needs torch)

# preact_resnet@1001 takes ten seconds, and has @164's blocks 111 times instead of 18.
EVERY = [ref for name in shipped.names() for ref in variants(name) if ref != "preact_resnet@1001"]
FIRST = [variants(name)[0] for name in shipped.names()]

# Small enough to be run for real; where an input is given, the network's own takes too long.
REAL = [
    "lenet",
    "nin_cifar10",
    "inception_3a",
    "squeezenet@1_1,input=3x64x64",
    "resnet@18,input=3x64x64",
    "mobilenet_v3@small,input=3x64x64",
    "shufflenet_v2@x0_5,input=3x64x64",
    "convnext@tiny,input=3x32x32",
    "dainet@m5",
]


def differences(verification):
    """Return what differs, readably."""
    layers = [(x.name, check) for x in verification.layers for check in x.differing]
    return [check for check in verification.totals if check.exact is False] + layers


def unmeasured(verification):
    return [check.metric for check in verification.totals if check.exact is None]


@pytest.mark.parametrize("spec", [pytest.param(ref, id=ref) for ref in EVERY])
def test_shipped_networks_are_exact_at_batch_2(spec):
    found = verify(load(spec), 2)

    assert [] == differences(found)
    assert [] == unmeasured(found)


@pytest.mark.parametrize("spec", [pytest.param(ref, id=ref) for ref in FIRST])
def test_shipped_networks_are_exact_at_batch_1(spec):
    found = verify(load(spec), 1)

    assert [] == differences(found)
    assert set(unmeasured(found)) <= {"saved_bytes"}  # a batch norm over 1×1 has no variance at batch 1


@pytest.mark.parametrize("batch", [pytest.param(1, id="batch 1"), pytest.param(2, id="batch 2")])
@pytest.mark.parametrize("spec", [pytest.param(ref, id=ref) for ref in REAL])
def test_a_real_run_agrees(spec, batch):
    assert [] == differences(verify(load(spec), batch, real=True))


@pytest.mark.parametrize("spec", ["resnet@18", "mobilenet_v2", "unet"])
def test_half_precision_is_exact(spec):
    assert [] == differences(verify(load(spec), 1, "bfloat16"))


@pytest.mark.drawn
@settings(max_examples=200)
@given(networks(), st.sampled_from((1, 2)), st.sampled_from(("float32", "float64", "bfloat16")))
def test_drawn_networks_are_exact(graph, batch, dtype):
    found = differences(verify(settle(graph), batch, dtype))
    if found:  # fake tensors lay some axes of size 1 out otherwise than the kernels do: those decide
        found = differences(verify(settle(graph), batch, dtype, real=True))
    assert [] == found


@pytest.mark.drawn
@settings(max_examples=60)
@given(networks(), st.sampled_from((1, 2)))
def test_drawn_networks_are_exact_when_they_really_run(graph, batch):
    assert [] == differences(verify(settle(graph), batch, real=True))


# The layers' outputs agree, and what is wrong is found where it is.
@pytest.mark.parametrize(
    ("metric", "change"),
    [
        pytest.param("activation_bytes", {"activation_bytes": 5}, id="activation"),
        pytest.param("peak_bytes", {"peak_bytes": 5}, id="peak"),
        pytest.param("saved_bytes", {"saved_bytes": 5}, id="saved"),
        pytest.param("output", {"output": (20, 1, 1)}, id="output"),
    ],
)
def test_a_wrong_figure_of_a_layer_is_found_there(metric, change):
    graph = load("lenet")
    report = analyze(graph)
    wrong = replace(report, layers=(replace(report.layers[0], **change), *report.layers[1:]))

    found = compare(wrong, measure(graph))

    assert not found.exact
    assert [("conv1", metric)] == [(x.name, c.metric) for x in found.layers for c in x.differing]


def test_a_wrong_total_is_found():
    graph = load("lenet")
    report = analyze(graph)
    wrong = replace(report, totals=replace(report.totals, peak_bytes=report.totals.peak_bytes + 1))

    found = compare(wrong, measure(graph))

    assert not found.exact
    assert ["peak_bytes"] == [check.metric for check in differences(found)]


def test_what_differs_is_shown_with_its_cause():
    graph = load("lenet")
    report = analyze(graph)
    wrong = replace(report, layers=(replace(report.layers[0], saved_bytes=3), *report.layers[1:]))

    shown = view(compare(wrong, measure(graph)), "lenet")

    tables = [block for block in shown.blocks if isinstance(block, Table)]
    rows = [row for table in tables for row in table.rows(table.for_people())]
    row = next(row for row in rows if row[:2] == ("conv1", "saved_bytes"))
    # 1·28·28·4 = 3136 are kept, 3 were said
    assert row[-1].startswith("+3,133 measured: the rule of conv does not hold in torch")


def test_int8_has_counts_but_no_memory():
    found = verify(load("lenet"), dtype="int8")

    assert found.exact
    assert ["activation_bytes", "peak_bytes", "saved_bytes"] == unmeasured(found)


def test_a_norm_over_one_value_cannot_be_trained():
    found = verify(load("mobilenet_v3@small,input=3x32x32"), 1)

    assert found.exact
    assert ["saved_bytes"] == unmeasured(found)
    assert "Expected more than 1 value per channel" in found.totals[-1].why


def test_a_real_run_that_does_not_fit_is_refused_before_anything_is_allocated():
    with pytest.raises(UsageError, match=r"vgg: [\d.]+ TiB of memory are needed \(527.8 MiB weights"):
        verify(load("vgg@16"), 1_000_000, real=True)


def test_a_dtype_that_a_layer_does_not_run_in_is_named():
    with pytest.raises(UsageError, match=r"norm1 \(LocalResponseNorm\) does not run in bfloat16 on cpu"):
        verify(load("alexnet@2012,input=3x67x67"), dtype="bfloat16", real=True)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_cuda_is_refused():
    with pytest.raises(UsageError, match="there is no CUDA device"):
        verify(load("lenet"), device="cuda")
