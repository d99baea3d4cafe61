"""Permute, matmul, attention: which positions they bring together."""

from __future__ import annotations

from convcost.ops.attention import Attention
from convcost.ops.layer_norm import LayerNorm
from convcost.ops.matmul import MatMul
from convcost.ops.permute import Permute


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
