"""Permute, reshape, matmul: which axis becomes which, how tensors then lie, what is copied."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.ir import CONTIGUOUS, Layout, Setting
from convcost.ops.attention import Attention
from convcost.ops.channel_shuffle import ChannelShuffle
from convcost.ops.layer_norm import LayerNorm
from convcost.ops.matmul import MatMul
from convcost.ops.permute import Permute

X = (2, 3, 4)
ORDERS = list(permutations(range(3)))


def lies(op, layout):
    """The layout after an op on an input that lies so."""
    at = Setting(4, 4, "cpu", training=False, wants_grad=(False,), layouts=(layout,))
    return op.memory((X,), op.shape(X), at).layout


@given(first=st.sampled_from(ORDERS), second=st.sampled_from(ORDERS), gaps=st.booleans())
def test_two_permutes_lie_as_their_composition(first, second, gaps):
    both = Permute(order=tuple(first[axis] for axis in second))

    twice = lies(Permute(order=second), lies(Permute(order=first), Layout(None, gaps)))

    assert twice == lies(both, Layout(None, gaps))


def test_a_permute_and_its_inverse_lie_as_before():
    there = lies(Permute(order=(1, 2, 0)), CONTIGUOUS)

    assert there == Layout((1, 2, 0))
    assert lies(Permute(order=(2, 0, 1)), there) == CONTIGUOUS


@pytest.mark.parametrize(
    ("layout", "copied"),
    [
        pytest.param(CONTIGUOUS, False, id="as usual"),
        pytest.param(Layout((1, 0)), False, id="transposed"),
        pytest.param(Layout((0, 2, 1)), False, id="transposed in heads"),
        pytest.param(Layout((1, 0, 2)), True, id="heads interleaved"),
        pytest.param(Layout((0, 1, 3, 2)), False, id="transposed in four axes"),
        pytest.param(Layout(None, gaps=True), True, id="a slice"),
    ],
)
def test_matmul_copies_what_torch_would(layout, copied):
    assert MatMul().copies((layout, CONTIGUOUS)) == (copied, False)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("lead", [(), (2,), (2, 3)], ids=["plain", "heads", "two axes"])
def test_torch_makes_no_copy_of_a_transposed_matrix(lead, order):
    torch = pytest.importorskip("torch")
    measuring = pytest.importorskip("tests.ops.measuring")
    strategies = pytest.importorskip("tests.ops.strategies")
    a, b = (*lead, 4, 5), (*lead, 5, 3)
    permuted = (*range(len(lead)), *(axis + len(lead) for axis in order))
    layout = Layout(None if order == (0, 1) else permuted)

    drawn = strategies.Standing(MatMul(), (a, b))
    seen = measuring.inference(drawn, 2, torch.float32, (layout, CONTIGUOUS))

    assert seen.temporary == 0


def test_channel_shuffle_copies_only_what_is_permuted():
    layouts = (CONTIGUOUS, Layout((1, 0)), Layout(None, gaps=True))

    assert ChannelShuffle(groups=2).copies(layouts) == (False, True, False)


def test_channels_last_rows_mix_no_positions():
    last = (7, 5, 64)

    norm, back = LayerNorm(axis=-1), Permute(order=(2, 0, 1))

    assert norm.windows((last,), last) == ()
    assert not norm.mixes_channels((last,))
    assert back.axes((last,), (64, 7, 5)) == (2, 0, 1)


def test_what_attends_sees_everything():
    rows = (49, 8)

    assert Attention().axes((rows,) * 3, rows) == (None, None)
    assert MatMul().axes(((2, 49, 8), (2, 8, 49)), (2, 49, 49)) == (0, None, None)
