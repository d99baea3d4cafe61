"""Peak and saved bytes of networks written by hand with torch's own functions, none of our modules.

Each reads the first of its tensors as a slice, a permute or an axis of size 1 leaves it.
"""

from __future__ import annotations

import pytest

from convcost.engine import analyze, settle
from convcost.spec import load_text

torch = pytest.importorskip("torch")

import torch.nn.functional as F  # noqa: E402, N812  (torch is there; its own habit)

from tests.ops.measuring import Alive  # noqa: E402  (torch is there)

CONV = "conv: {out: 8, kernel: 1, name: a}"

CASES = [
    pytest.param(
        (4, 6, 6), [CONV, "slice: {stop: 6}", "flatten", "linear: {out: 10}"],
        {"a": (8, 4, 1, 1), "b": (8,), "w": (10, 216), "c": (10,)},
        lambda x, a, b, w, c: F.linear(F.conv2d(x, a, b)[:, :6].flatten(1), w, c),
        id="a slice, flattened into a linear layer",
    ),
    pytest.param(
        (4, 6, 6), [CONV, "slice: {start: 2}", "reshape: {shape: [6, 36]}", "relu"],
        {"a": (8, 4, 1, 1), "b": (8,)},
        lambda x, a, b: torch.relu(F.conv2d(x, a, b)[:, 2:].reshape(-1, 6, 36)),
        id="a slice, reshaped",
    ),
    pytest.param(
        (4, 6, 6), [CONV, "slice: {stop: 6}", "log_sigmoid"],
        {"a": (8, 4, 1, 1), "b": (8,)},
        lambda x, a, b: F.logsigmoid(F.conv2d(x, a, b)[:, :6]),
        id="a slice into log_sigmoid",
    ),
    pytest.param(
        (4, 6, 6), [CONV, "slice: {stop: 6}", "group_norm: {groups: 3}"],
        {"a": (8, 4, 1, 1), "b": (8,), "w": (6,), "c": (6,)},
        lambda x, a, b, w, c: F.group_norm(F.conv2d(x, a, b)[:, :6], 3, w, c),
        id="a slice into group_norm",
    ),
    pytest.param(
        (4, 6, 6), [CONV, "slice: {stop: 6}", "instance_norm"],
        {"a": (8, 4, 1, 1), "b": (8,)},
        lambda x, a, b: F.instance_norm(F.conv2d(x, a, b)[:, :6]),
        id="a slice into instance_norm",
    ),
    pytest.param(
        (4, 5, 6), [CONV, "permute: {order: [1, 2, 0]}", "flatten"],
        {"a": (8, 4, 1, 1), "b": (8,)},
        lambda x, a, b: F.conv2d(x, a, b).permute(0, 2, 3, 1).flatten(1),
        id="channels last, flattened",
    ),
    pytest.param(
        (4, 5, 6), [CONV, "permute: {order: [1, 2, 0]}", "linear: {out: 3, axis: -1, bias: false}"],
        {"a": (8, 4, 1, 1), "b": (8,), "w": (3, 8)},
        lambda x, a, b, w: F.linear(F.conv2d(x, a, b).permute(0, 2, 3, 1), w),
        id="channels last into a linear layer",
    ),
    pytest.param(
        (3, 1), ["permute: {order: [1, 0]}", "conv: {out: 2, kernel: 1}", "flatten"],
        {"a": (2, 1, 1), "b": (2,)},
        lambda x, a, b: F.conv1d(x.permute(0, 2, 1), a, b).flatten(1),
        id="a permuted tensor of one channel",
    ),
    pytest.param(
        (1, 4, 4), ["permute: {order: [1, 2, 0]}", "conv: {out: 2, kernel: 1, name: a}", "flatten"],
        {"a": (2, 4, 1, 1), "b": (2,)},
        lambda x, a, b: F.conv2d(x.permute(0, 2, 3, 1), a, b).flatten(1),
        id="a permuted image of one channel",
    ),
    pytest.param(
        (4, 6), ["conv: {out: 8, kernel: 1, name: a}", "permute: {order: [1, 0]}", "softmax", "flatten"],
        {"a": (8, 4, 1), "b": (8,)},
        lambda x, a, b: F.conv1d(x, a, b).permute(0, 2, 1).softmax(-1).flatten(1),
        id="rows into a softmax",
    ),
]  # fmt: skip


@pytest.mark.parametrize("batch", [pytest.param(1, id="batch 1"), pytest.param(2, id="batch 2")])
@pytest.mark.parametrize(("size", "lines", "weights", "by_hand"), CASES)
def test_memory_is_that_of_torch_by_hand(size, lines, weights, by_hand, batch):
    text = "\n".join(
        ["convcost: 1", "name: net", f"input: {list(size)}", "layers:", *(f"  - {x}" for x in lines)]
    )
    totals = analyze(settle(load_text(text.encode())), batch).totals
    tensors = [torch.zeros(shape, requires_grad=True) for shape in weights.values()]
    x = torch.zeros((batch, *size))

    assert (peak(by_hand, x, tensors), saved(by_hand, x, tensors)) == (totals.peak_bytes, totals.saved_bytes)


def peak(network, x, weights):
    known = {each.untyped_storage()._cdata for each in (x, *weights)}
    with torch.no_grad(), Alive(known) as alive:
        network(x, *weights)
    return alive.peak + x.untyped_storage().nbytes()


def saved(network, x, weights):
    held = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        held[storage._cdata] = storage
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        network(x, *weights)
    own = {each.untyped_storage()._cdata for each in weights}
    return sum(storage.nbytes() for key, storage in held.items() if key not in own)
