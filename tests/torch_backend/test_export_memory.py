"""Exported source, run in torch, holds and keeps what ``analyze`` says, to the byte."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost import load
from convcost.cli._specs import variants
from convcost.engine import analyze, settle
from convcost.spec import load_text, shipped
from tests.engine.networks import networks

torch = pytest.importorskip("torch")

from torch._subclasses.fake_tensor import FakeTensorMode  # noqa: E402  (needs torch)

from convcost.torch_backend.export import source  # noqa: E402  (needs torch)
from tests.ops.measuring import Alive  # noqa: E402  (needs torch)
from tests.torch_backend.test_export import executed  # noqa: E402  (needs torch)

EVERY = {variants(name)[0] for name in shipped.names()}

# A call holds its arguments until it returns; here a block's is needed at its start alone.
HELD = {"fcn_resnet@50", "preact_resnet@164", "resnext@50_32x4d", "unet"}


def exported_peak(graph, batch=1):
    """Return the peak of the source, its inputs included, as torch's dispatcher sees it."""
    text = source(graph)
    with FakeTensorMode(), torch.no_grad():
        network = executed(text).eval()
        inputs = [torch.zeros((batch, *shape)) for shape in graph.inputs.values()]
        own = [*network.parameters(), *network.buffers(), *inputs]
        with Alive({tensor.untyped_storage()._cdata for tensor in own}) as alive:
            network(*inputs)
    return alive.peak + sum(x.untyped_storage().nbytes() for x in inputs)


def exported_saved(graph, batch):
    """Return the bytes that autograd holds after a forward of the source in training."""
    text, held = source(graph), {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        held[storage._cdata] = storage
        return tensor

    with FakeTensorMode():
        network = executed(text).train()
        inputs = [torch.zeros((batch, *shape)) for shape in graph.inputs.values()]
        own = [*network.parameters(), *network.buffers()]
        with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
            network(*inputs)
    known = {tensor.untyped_storage()._cdata for tensor in own}
    return sum(storage.nbytes() for key, storage in held.items() if key not in known)


@pytest.mark.parametrize("spec", sorted(EVERY - HELD))
def test_shipped_networks_peak_as_analyze_says(spec):
    graph = load(spec)
    assert analyze(graph).totals.peak_bytes == exported_peak(graph)


@pytest.mark.parametrize("spec", sorted(HELD))
def test_a_block_that_needs_its_input_at_the_start_alone_holds_it(spec):
    graph = load(spec)
    assert analyze(graph).totals.peak_bytes < exported_peak(graph)


RES2NET = b"""convcost: 1
name: res2net
input: [64, 14, 14]
layers:
  - residual:
      - conv: {out: 64, kernel: 1, norm: bn, act: relu, name: wide}
      - slice: {stop: 16, from: wide, name: a}
      - slice: {start: 16, stop: 32, from: wide, name: b}
      - conv: {out: 16, kernel: 3, padding: half, norm: bn, act: relu, name: conv_b}
      - slice: {start: 32, stop: 48, from: wide, name: c}
      - add: {from: [c, conv_b]}
      - conv: {out: 16, kernel: 3, padding: half, norm: bn, act: relu, name: conv_c}
      - slice: {start: 48, from: wide, name: d}
      - add: {from: [d, conv_c]}
      - conv: {out: 16, kernel: 3, padding: half, norm: bn, act: relu, name: conv_d}
      - concat: {from: [a, conv_b, conv_c, conv_d]}
      - conv: {out: 64, kernel: 1, norm: bn, name: last}
  - relu
"""


@pytest.mark.parametrize("batch", [1, 2])
def test_a_res2net_block_peaks_as_analyze_says(batch):
    graph = settle(load_text(RES2NET))
    assert analyze(graph, batch).totals.peak_bytes == exported_peak(graph, batch)


@pytest.mark.drawn
@settings(max_examples=60)
@given(networks(), st.sampled_from((1, 2)))
def test_drawn_networks_hold_and_keep_what_analyze_says(graph, batch):
    graph = settle(graph)
    report = analyze(graph, batch)
    assert report.totals.peak_bytes == exported_peak(graph, batch)
    if report.untrainable is None:
        assert report.totals.saved_bytes == exported_saved(graph, batch)
