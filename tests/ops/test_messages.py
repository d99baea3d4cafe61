"""What an op says when it cannot stand: the field at fault, a sentence, the shapes that met."""

from __future__ import annotations

from fractions import Fraction

import pytest

from convcost.ir import CONTIGUOUS, Bytes, Setting
from convcost.ops import op_class


def said(name, *inputs, **fields):
    return [(p.field, p.message) for p in op_class(name)(**fields).check(*inputs)]


CASES = [
    pytest.param(
        said("conv", (6, 8, 8), out=8, kernel=3, groups=4),
        [("groups", "4 groups do not divide 6 input channels")],
        id="conv-groups",
    ),
    pytest.param(
        said("conv", (3, 4, 9), out=8, kernel=3, dilation=(3, 1)),
        [("kernel", "the kernel spans 7 positions, but dim 0 of the padded input [3, 4, 9] has 4")],
        id="conv-kernel",
    ),
    pytest.param(
        said("conv", (3, 4, 9), out=8, kernel=(3, 3, 3)),
        [("kernel", "kernel has 3 values, but the input has 2 spatial dims")],
        id="conv-lengths",
    ),
    pytest.param(
        said("conv_transpose", (3, 4), out=8, kernel=3, stride=2, output_padding=2),
        [("output_padding", "output_padding 2 must be less than the larger of stride 2 and dilation 1")],
        id="conv_transpose-output_padding",
    ),
    pytest.param(
        said("conv_transpose", (3, 4), out=8, kernel=3, padding=((0, 1),)),
        [("padding", "a transposed convolution crops both ends equally, but the padding is [0, 1]")],
        id="conv_transpose-uneven",
    ),
    pytest.param(
        said("linear", (512, 7, 7), out=10),
        [("axis", "linear takes a vector, but gets [512, 7, 7]")],
        id="linear-image",
    ),
    pytest.param(
        said("max_pool", (4, 2, 2), kernel=3),
        [("kernel", "the window spans 3×3, more than the padded input 2×2")],
        id="max_pool-kernel",
    ),
    pytest.param(
        said("max_pool", (4, 9, 9), kernel=2, padding=2),
        [("padding", "padding 2 is more than half of the window's 2 elements")],
        id="max_pool-padding",
    ),
    pytest.param(
        said("pad", (4, 3, 9), size=3, mode="reflect"),
        [("size", "reflecting 3 positions needs a larger input, but dim 0 of [4, 3, 9] has 3")],
        id="pad-reflect",
    ),
    pytest.param(
        said("slice", (4, 3), start=1, stop=5),
        [("stop", "channels up to 5 are asked for, but [4, 3] has 4")],
        id="slice-stop",
    ),
    pytest.param(
        said("crop", (4, 3), (4, 5)),
        [("like", "[4, 3] cannot be cropped like [4, 5], which is larger")],
        id="crop-like",
    ),
    pytest.param(
        said("add", (64, 56, 56), (256, 56, 56)),
        [(None, "add needs equal shapes, but gets [64, 56, 56] and [256, 56, 56]")],
        id="add",
    ),
    pytest.param(
        said("mul", (64, 56, 56), (64, 1, 28)),
        [(None, "mul needs sizes that agree or are 1, but gets [64, 56, 56] and [64, 1, 28]")],
        id="mul",
    ),
    pytest.param(
        said("mul", (64, 56, 56), (64,)),
        [(None, "mul needs equal ranks, but gets [64, 56, 56] and [64]")],
        id="mul-rank",
    ),
    pytest.param(
        said("mul", (64, 1, 1), (64, 56, 56), inplace=True),
        [("inplace", "in place would write [64, 56, 56] over [64, 1, 1]")],
        id="mul-inplace",
    ),
    pytest.param(
        said("concat", (4, 28, 28), (4, 14, 14)),
        [(None, "concat needs equal spatial sizes, but gets [4, 28, 28] and [4, 14, 14]")],
        id="concat",
    ),
    pytest.param(
        said("softmax", (10,), axis=1),
        [("axis", "axis 1 does not exist in [10]: it has 1, counted from 0")],
        id="softmax",
    ),
    pytest.param(
        said("dropout", (10,), rate=1),
        [("rate", "a dropout's rate must be less than 1, or nothing is left")],
        id="dropout",
    ),
]


@pytest.mark.parametrize(("found", "expected"), CASES)
def test_the_sentence_names_field_and_shapes(found, expected):
    assert expected == found


@pytest.mark.parametrize(
    ("name", "fields", "kept"),
    [
        pytest.param("dropout", {"rate": Fraction(1, 4)}, 10 * 1, id="dropout-mask-of-booleans"),
        pytest.param("dropout", {"inplace": True}, 10 * 2, id="dropout-in-place-of-the-dtype"),
        pytest.param("log_sigmoid", {}, 0, id="log_sigmoid-no-buffer"),
        pytest.param("bn", {}, 0, id="bn-statistics-are-fixed"),
    ],
)
def test_what_differs_on_cuda(name, fields, kept):
    at = Setting(2, 4, "cuda", training=True, wants_grad=(True,), layouts=(CONTIGUOUS,))

    memory = op_class(name)(**fields).memory(((10,),), (10,), at)

    assert memory.kept == Bytes(80 if name == "bn" else 0, kept)  # 2 · 10 statistics of 4 bytes
