"""Transposed convolution in 1, 2 or 3 dims: the gradient of a convolution, run forward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import Pads, PerDim, extent, maximum, pads, prod, spread
from convcost.ir import Group, Memory, Problem, Setting, Shape, Window
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count, flag, padding, per_dim

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class ConvTranspose(OpBase):
    """Each input position is spread by the kernel: macs = in_positions · C_in · C_out/groups · ∏kernel.

    Dumoulin & Visin 2016, "A guide to convolution arithmetic", relationship 14 (size).
    """

    NAME: ClassVar[str] = "conv_transpose"
    GROUP: ClassVar[Group] = "conv"
    DIMS: ClassVar[tuple[int, ...]] = (1, 2, 3)
    TAKES_NORM_ACT: ClassVar[bool] = True

    out: int = count("output channels")
    kernel: PerDim = per_dim("kernel size")
    stride: PerDim = per_dim("output positions from one input position to the next", default=1)
    padding: Pads = padding("positions cropped from both ends of the output", words=("valid", "half"))
    output_padding: PerDim = per_dim("positions added at the end of the output", default=0, ge=0)
    dilation: PerDim = per_dim("step between kernel elements", default=1)
    groups: int = count("channel groups that do not mix", default=1)
    bias: bool = flag("a learned constant per output channel", default=True)

    def _spans(self, dims: int) -> tuple[int, ...]:
        return tuple(map(extent, spread(self.kernel, dims), spread(self.dilation, dims)))

    def pads(self, x: Shape) -> tuple[tuple[int, int], ...]:
        """Return (before, after) per dim: what is cut from the output's ends."""
        dims = len(x) - 1
        return pads(self.padding, x[1:], self._spans(dims), spread(self.stride, dims))

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        x = inputs[0]
        for what, channels in (("input", x[0]), ("output", self.out)):
            if channels % self.groups:
                yield Problem("groups", f"{self.groups} groups do not divide {channels} {what} channels")
        yield from self._output_paddings(len(x) - 1)
        uneven = [pair for pair in self.pads(x) if pair[0] != pair[1]]
        if uneven:
            yield Problem(
                "padding",
                f"a transposed convolution crops both ends equally, but the padding is {list(uneven[0])}",
                "add a crop after it",
            )
        elif any(n < 1 for n in self.shape(x)[1:]):
            yield Problem(
                "padding", f"the padding removes the whole output: {list(x)} becomes {list(self.shape(x))}"
            )

    def _output_paddings(self, dims: int) -> Iterator[Problem]:
        each = (spread(v, dims) for v in (self.output_padding, self.stride, self.dilation))
        for more, stride, dilation in zip(*each, strict=True):
            if more >= maximum(stride, dilation):
                yield Problem(
                    "output_padding",
                    f"output_padding {more} must be less than the larger of stride {stride} "
                    f"and dilation {dilation}",
                )

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        dims = len(x) - 1
        strides, more = spread(self.stride, dims), spread(self.output_padding, dims)
        each = zip(x[1:], self._spans(dims), strides, self.pads(x), more, strict=True)
        return (self.out, *((n - 1) * step + span - a - b + m for n, span, step, (a, b), m in each))

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        x = inputs[0]
        weights = x[0] * (self.out // self.groups) * prod(spread(self.kernel, len(x) - 1))
        return Cost(
            macs=prod(x[1:]) * weights,
            bias_adds=self.bias * prod(output),
            params=weights + self.bias * self.out,
        )

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        x = at.input(inputs)
        keeps = _layout.keeps_volumes(self, x, at) and not self._pads_a_step(len(inputs[0]) - 1)
        return Memory(saves=(0,), layout=_layout.convolved(x, output, at, volumes=keeps))

    def _pads_a_step(self, dims: int) -> bool:
        """Whether oneDNN leaves it to torch's own kernel (``is_output_padding_big``)."""
        pairs = zip(spread(self.output_padding, dims), spread(self.stride, dims), strict=True)
        return any(extra >= step for extra, step in pairs)

    def windows(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[Window, ...]:
        # Output p is reached from input i by kernel element k where i·stride + k·dilation =
        # p + before, so ⌈(p + before - span + 1) / stride⌉ <= i <= (p + before) / stride, and
        # dilation divides p + before - i·stride.
        del output
        x = inputs[0]
        dims = len(x) - 1
        holes = spread(self.dilation, dims)
        each = zip(self._spans(dims), spread(self.stride, dims), self.pads(x), holes, strict=True)
        return tuple(
            Window(1, before - span + step, before, per=step, every=hole)
            for span, step, (before, _), hole in each
        )

    def to_torch(self, *inputs: Shape) -> Any:
        from torch import nn

        x = inputs[0]
        kinds = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
        return kinds[len(x) - 2](
            x[0],
            self.out,
            self.kernel,
            stride=self.stride,
            padding=tuple(before for before, _ in self.pads(x)),
            output_padding=self.output_padding,
            groups=self.groups,
            bias=self.bias,
            dilation=self.dilation,
        )

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # U-Net's first up-convolution: 28·28 input positions, each spread over 2·2 outputs:
            # 28·28 · 1024 · 512 · 4 = 1,644,167,168; (28 - 1) · 2 + 2 = 56; 512 · 56 · 56 biases
            Case(
                op=cls(out=512, kernel=2, stride=2),
                inputs=((1024, 28, 28),),
                output=(512, 56, 56),
                cost=Cost(macs=1_644_167_168, bias_adds=1_605_632, params=2_097_664),  # 1024·512·4 + 512
            ),
            # (5 - 1) · 2 + 3 - 2·1 + 1 = 10; two groups: 5 · 4 · 6/2 · 3 = 180
            Case(
                op=cls(out=6, kernel=3, stride=2, padding=1, output_padding=1, groups=2, bias=False),
                inputs=((4, 5),),
                output=(6, 10),
                cost=Cost(macs=180, params=36),
            ),
        )


OPS = (ConvTranspose,)
