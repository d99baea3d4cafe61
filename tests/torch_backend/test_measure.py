"""The oracle itself, on what can be counted by hand. Float32: an element has 4 bytes."""

from __future__ import annotations

import pytest

from convcost.engine import settle
from convcost.errors import UsageError
from convcost.ir import INPUT
from tests.engine.networks import Builder

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

from convcost.torch_backend.measure import measure  # noqa: E402  (torch is there)

REAL = pytest.mark.parametrize(
    "real", [pytest.param(False, id="fake tensors"), pytest.param(True, id="real ones")]
)


def small():
    """Return a convolution, an activation in place, a pool and a classifier."""
    net = Builder(1, 8, 8)
    x = net.relu(net.conv(INPUT, out=2, kernel=1, name="conv"), act=True, name="act")
    x = net.max_pool(x, kernel=2, name="pool")
    net.linear(net.flatten(x, name="flat"), out=10, name="fc")
    return settle(net.graph())


@REAL
def test_a_small_network_by_hand(real):
    measured = measure(small(), batch=2, real=real)
    layers = {layer.name: layer for layer in measured.layers}
    # 2 · 64 positions · 2 channels; 2 · 32 · 10
    assert [256, 0, 0, 0, 640] == [layer.macs for layer in measured.layers]
    assert [4, 0, 0, 0, 330] == [layer.params for layer in measured.layers]
    assert [(2, 8, 8), (2, 8, 8), (2, 4, 4), (32,), (10,)] == [layer.output for layer in measured.layers]
    # 2 · 128, in place, 2 · 32, a view, 2 · 10 elements
    assert [1024, 0, 256, 0, 80] == [layer.activation_bytes for layer in measured.layers]
    # the input; the activation's output, which the pool saves, too; 2 · 32 indices; what the view shows
    assert [512, 1024, 512, 0, 256] == [layer.saved_bytes for layer in measured.layers]
    # at the pool: input 512, its input 1024, its output 256, indices 512
    assert measured.peak_bytes == 2304
    assert (measured.macs, measured.params, measured.buffers) == (896, 334, 0)
    assert measured.saved_bytes == 2304
    assert layers["act"].name == "act"


@REAL
def test_what_cannot_train_says_why(real):
    net = Builder(1, 1, 1)
    net.bn(net.conv(INPUT, out=2, kernel=1))
    measured = measure(net.graph(), batch=1, real=real)
    assert measured.saved_bytes is None
    assert {layer.saved_bytes for layer in measured.layers} == {None}
    assert "more than 1 value per channel" in measured.unsaved


def test_a_dtype_torch_does_not_run_is_refused():
    with pytest.raises(UsageError, match="int8: not measurable"):
        measure(small(), dtype="int8")


def test_the_default_dtype_is_left_as_it_was():
    measure(small(), dtype="bfloat16")
    assert torch.get_default_dtype() == torch.float32


def test_what_would_not_fit_in_memory_is_measured():
    measured = measure(small(), batch=10**9)
    assert measured.peak_bytes == 1152 * 10**9
