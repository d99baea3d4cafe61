"""Strides against torch's own: what is contiguous, what a view is, where kernels put their results."""

from __future__ import annotations

from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost import strides

torch = pytest.importorskip("torch")
measuring = pytest.importorskip("tests.ops.measuring")

sizes_of = st.lists(st.sampled_from((1, 1, 2, 3)), min_size=2, max_size=5).map(tuple)


@st.composite
def tensors(draw, sizes=None):
    """Draw a tensor that lies anyhow."""
    sizes = draw(sizes_of) if sizes is None else sizes
    return draw(measuring.lies(len(sizes))).tensor(sizes, torch.float32)


@settings(max_examples=100)
@given(x=tensors())
def test_a_tensor_is_said_to_lie_as_torch_says(x):
    ours = measuring.strided(x)

    assert ours.contiguous == x.is_contiguous()
    assert ours.dense == torch.ops.aten.is_non_overlapping_and_dense(x)
    if x.dim() > 3:
        order = torch.channels_last if x.dim() == 4 else torch.channels_last_3d
        assert ours.channels_last == x.is_contiguous(memory_format=order)
        padded = torch.nn.functional.pad(x, (1, 0))  # whose kernel does as the format suggests
        made = strides.channels_last if ours.suggests_channels_last else strides.usual
        assert made(tuple(padded.shape)) == measuring.strided(padded)


@settings(max_examples=100)
@given(data=st.data())
def test_kernels_put_their_results_where_torch_does(data):
    x = data.draw(tensors())
    y = data.draw(tensors(tuple(data.draw(st.sampled_from((n, n, 1))) for n in x.shape)))
    ours, other = measuring.strided(x), measuring.strided(y)

    assert strides.usual(ours.sizes) == measuring.strided(torch.empty(x.shape))
    assert strides.like(ours) == measuring.strided(torch.empty_like(x))
    assert strides.elementwise(ours.sizes, ours) == measuring.strided(x.relu())
    assert strides.elementwise(ours.sizes, ours, strides.SCALAR) == measuring.strided(x * 2)
    assert strides.elementwise(ours.sizes, ours, other) == measuring.strided(x * y)


@settings(max_examples=100)
@given(data=st.data())
def test_a_view_is_there_where_torch_has_one(data):
    x = data.draw(tensors())
    ours, left, sizes = measuring.strided(x), x.numel(), []
    while left > 1:
        sizes.append(data.draw(st.sampled_from([n for n in (1, 2, 3, 6, left) if left % n == 0])))
        left //= sizes[-1]
    sizes += [1] * data.draw(st.integers(0 if sizes else 1, 1))
    try:
        view = measuring.strided(x.view(sizes))
    except RuntimeError:
        view = None

    assert prod(sizes) == x.numel()
    assert ours.viewed(tuple(sizes)) == view


@settings(max_examples=100)
@given(data=st.data())
def test_axes_move_as_in_torch(data):
    x = data.draw(tensors())
    ours, rank = measuring.strided(x), x.dim()
    order = data.draw(st.permutations(range(rank)))
    axis = data.draw(st.integers(0, rank))

    assert ours.permuted(order) == measuring.strided(x.permute(order))
    assert ours.unsqueezed(axis) == measuring.strided(x.unsqueeze(axis))
    assert ours.unsqueezed(axis).squeezed(axis) == ours
