"""What these ops refuse, and the sentence and the shapes they say it with."""

from __future__ import annotations

from fractions import Fraction

import pytest

from convcost.ops.attention import Attention
from convcost.ops.channel_shuffle import ChannelShuffle
from convcost.ops.group_norm import GroupNorm
from convcost.ops.instance_norm import InstanceNorm
from convcost.ops.matmul import MatMul
from convcost.ops.parametric_activation import Celu, Elu, LeakyRelu
from convcost.ops.permute import Permute
from convcost.ops.pixel_shuffle import PixelShuffle
from convcost.ops.reshape import Reshape
from convcost.ops.upsample import Upsample

IMAGE = (64, 7, 5)


@pytest.mark.parametrize(
    ("op", "inputs", "field", "message", "hint"),
    [
        pytest.param(
            LeakyRelu(slope=Fraction(-1, 10), inplace=True), (IMAGE,), "slope",
            "leaky_relu in place needs its slope to be at least 0, but it is -1/10: "
            "the output would not tell which elements were negative",
            "remove inplace", id="leaky_relu-negative",
        ),
        pytest.param(
            Elu(alpha=-1, inplace=True), (IMAGE,), "alpha",
            "elu in place needs its alpha to be at least 0, but it is -1: "
            "the output would not tell which elements were negative",
            "remove inplace", id="elu-negative",
        ),
        pytest.param(
            Celu(alpha=0), (IMAGE,), "alpha",
            "celu divides by alpha, so alpha cannot be 0", "relu is its limit", id="celu-zero",
        ),
        pytest.param(
            GroupNorm(groups=6), (IMAGE,), "groups",
            "6 groups do not divide the 64 channels of [64, 7, 5]", None, id="group_norm-divides",
        ),
        pytest.param(
            GroupNorm(groups=64), ((64, 1, 1),), "groups",
            "64 groups of [64, 1, 1] hold one value each, which normalises to 0", None,
            id="group_norm-single",
        ),
        pytest.param(
            InstanceNorm(), ((64, 1, 1),), None,
            "instance_norm needs more than one position per channel, but gets [64, 1, 1]", None,
            id="instance_norm-single",
        ),
        pytest.param(
            ChannelShuffle(groups=6), (IMAGE,), "groups",
            "6 groups do not divide the 64 channels of [64, 7, 5]", None, id="channel_shuffle-divides",
        ),
        pytest.param(
            PixelShuffle(factor=3), (IMAGE,), "factor",
            "factor 3 needs channels in multiples of 9, but gets [64, 7, 5]", None, id="pixel_shuffle",
        ),
        pytest.param(
            Permute(order=(0, 1)), (IMAGE,), "order",
            "the order of [64, 7, 5] names each of its axes 0 to 2 once, but it is [0, 1]", None,
            id="permute-short",
        ),
        pytest.param(
            Permute(order=(0, 1, 1)), (IMAGE,), "order",
            "the order of [64, 7, 5] names each of its axes 0 to 2 once, but it is [0, 1, 1]", None,
            id="permute-twice",
        ),
        pytest.param(
            Reshape(shape=(64, 36)), (IMAGE,), "shape",
            "[64, 7, 5] cannot become [64, 36]: 2304 elements are not the 2240 there are", None,
            id="reshape-differs",
        ),
        pytest.param(
            Reshape(shape=(3, -1)), (IMAGE,), "shape",
            "[64, 7, 5] cannot become [3, -1]: 3 elements do not divide the 2240 there are", None,
            id="reshape-divides",
        ),
        pytest.param(
            Reshape(shape=(-1, -1)), (IMAGE,), "shape",
            "only one size can be -1, but [-1, -1] leaves several open", None, id="reshape-open",
        ),
        pytest.param(
            Reshape(shape=(64, 0, -1)), (IMAGE,), "shape",
            "sizes are at least 1, or one of them -1, but the shape is [64, 0, -1]", None,
            id="reshape-nothing",
        ),
        pytest.param(
            Reshape(shape=(2, 2, 2, 2, 2, 2, -1)), (IMAGE,), "shape",
            "a shape has 1 to 6 axes, but [2, 2, 2, 2, 2, 2, -1] has 7", None, id="reshape-long",
        ),
        pytest.param(
            Upsample(), (IMAGE,), None,
            "upsample takes one of factor, size and like, but gets none of them", None, id="upsample-none",
        ),
        pytest.param(
            Upsample(factor=2, size=9), (IMAGE,), None,
            "upsample takes one of factor, size and like, but gets several", None, id="upsample-several",
        ),
        pytest.param(
            Upsample(factor=2), (IMAGE, IMAGE), None,
            "upsample takes one of factor, size and like, but gets several", None, id="upsample-also-like",
        ),
        pytest.param(
            Upsample(), (IMAGE, (64, 7)), "like",
            "[64, 7, 5] cannot be sized like [64, 7]: the ranks differ", None, id="upsample-rank",
        ),
        pytest.param(
            Upsample(factor=2, mode="bilinear"), ((64, 7),), "mode",
            "bilinear needs 2 spatial dims, but [64, 7] has 1", "linear suits any number",
            id="upsample-bilinear",
        ),
        pytest.param(
            Upsample(factor=2, mode="bicubic"), ((64, 7),), "mode",
            "bicubic needs 2 spatial dims, but [64, 7] has 1", None, id="upsample-bicubic",
        ),
        pytest.param(
            MatMul(), ((4, 8), (9, 5)), None,
            "matmul needs as many columns in the first as rows in the second, "
            "but gets [4, 8] and [9, 5]: 8 and 9", None, id="matmul",
        ),
        pytest.param(
            MatMul(), ((4, 8), (5, 8)), None,
            "matmul needs as many columns in the first as rows in the second, "
            "but gets [4, 8] and [5, 8]: 8 and 5", "permute the second", id="matmul-second",
        ),
        pytest.param(
            MatMul(), ((8, 4), (8, 5)), None,
            "matmul needs as many columns in the first as rows in the second, "
            "but gets [8, 4] and [8, 5]: 4 and 8", "permute the first", id="matmul-first",
        ),
        pytest.param(
            MatMul(), ((2, 4, 8), (3, 8, 4)), None,
            "matmul needs equal axes before the last two, but gets [2, 4, 8] and [3, 8, 4]", None,
            id="matmul-heads",
        ),
        pytest.param(
            MatMul(), ((4, 8), (2, 8, 4)), None,
            "matmul needs equal axes before the last two, but gets [4, 8] and [2, 8, 4]", None,
            id="matmul-rank",
        ),
        pytest.param(
            Attention(), ((4, 8), (5, 8), (6, 8)), None,
            "attention needs keys and values of one shape, and queries of the same width, "
            "but gets [4, 8], [5, 8] and [6, 8]",
            "permute: {order: [1, 0]} turns channels × positions into rows", id="attention-rows",
        ),
        pytest.param(
            Attention(), ((4, 8), (5, 8, 1), (5, 8)), None,
            "attention needs queries, keys and values of rows × columns, "
            "but gets [4, 8], [5, 8, 1] and [5, 8]", None, id="attention-rank",
        ),
        pytest.param(
            Attention(heads=3), ((4, 8), (5, 8), (5, 8)), "heads",
            "3 heads do not divide the 8 columns of [4, 8]", None, id="attention-heads",
        ),
    ],
)  # fmt: skip
def test_refuses_with_a_sentence(op, inputs, field, message, hint):
    assert [(field, message, hint)] == [tuple(problem) for problem in op.check(*inputs)]


@pytest.mark.parametrize("op", [LeakyRelu(slope=0, inplace=True), Elu(alpha=-1), Celu(alpha=-1)])
def test_what_torch_takes_is_taken(op):
    assert list(op.check(IMAGE)) == []


@pytest.mark.parametrize(
    "op",
    [
        pytest.param(LeakyRelu(slope=Fraction(-1, 10), inplace=True), id="leaky_relu"),
        pytest.param(Elu(alpha=-1, inplace=True), id="elu"),
        pytest.param(Celu(alpha=-1, inplace=True), id="celu"),
    ],
)
def test_torch_refuses_the_way_back_through_a_negative_setting_in_place(op):
    torch = pytest.importorskip("torch")
    x = torch.ones((1, 2, 3), requires_grad=True).clone()

    with pytest.raises(RuntimeError, match="negative slope"):
        op.to_torch((2, 3))(x).sum().backward()
