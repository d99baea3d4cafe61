"""Convolution in 1, 2 or 3 dims: groups, stride, dilation, any padding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import Pads, PerDim, extent, out_size, pads, prod, spread
from convcost.ir import Bytes, Group, Memory, Problem, Setting, Shape, Window
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count, flag, padding, per_dim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.ir import Layout
    from convcost.strides import Strided


@dataclass(frozen=True, kw_only=True)
class Conv(OpBase):
    """Each output position sums its window: macs = positions · C_in/groups · C_out · ∏kernel.

    Dumoulin & Visin 2016, "A guide to convolution arithmetic", relationship 6 (size).
    """

    NAME: ClassVar[str] = "conv"
    GROUP: ClassVar[Group] = "conv"
    DIMS: ClassVar[tuple[int, ...]] = (1, 2, 3)
    TAKES_NORM_ACT: ClassVar[bool] = True

    out: int = count("output channels")
    kernel: PerDim = per_dim("kernel size")
    stride: PerDim = per_dim("step between windows", default=1)
    padding: Pads = padding("zeros around the input")
    dilation: PerDim = per_dim("step between kernel elements", default=1)
    groups: int = count("channel groups that do not mix", default=1)
    bias: bool = flag("a learned constant per output channel", default=True)

    def pads(self, x: Shape) -> tuple[tuple[int, int], ...]:
        """Return (before, after) per dim for this input."""
        dims = len(x) - 1
        return pads(self.padding, x[1:], self._spans(dims), spread(self.stride, dims))

    def _spans(self, dims: int) -> tuple[int, ...]:
        return tuple(map(extent, spread(self.kernel, dims), spread(self.dilation, dims)))

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        x = inputs[0]
        for what, channels in (("input", x[0]), ("output", self.out)):
            if channels % self.groups:
                yield Problem("groups", f"{self.groups} groups do not divide {channels} {what} channels")
        sizes = zip(x[1:], self._spans(len(x) - 1), self.pads(x), strict=True)
        for dim, (size, span, (before, after)) in enumerate(sizes):
            if size + before + after < span:
                yield Problem(
                    "kernel",
                    f"the kernel spans {span} positions, but dim {dim} of the padded input "
                    f"{list(x)} has {size + before + after}",
                )

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        dims = len(x) - 1
        each = zip(x[1:], self._spans(dims), spread(self.stride, dims), self.pads(x), strict=True)
        return (self.out, *(out_size(n, span, step, a + b) for n, span, step, (a, b) in each))

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        x = inputs[0]
        weights = x[0] // self.groups * self.out * prod(spread(self.kernel, len(x) - 1))
        return Cost(
            macs=prod(output[1:]) * weights,
            bias_adds=self.bias * prod(output),
            params=weights + self.bias * self.out,
        )

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        shape = inputs[0]
        uneven = [abs(a - b) for a, b in self.pads(shape)]
        padded = (shape[0], *(n + more for n, more in zip(shape[1:], uneven, strict=True)))
        copy = Bytes(0, prod(padded) * at.element * any(uneven))
        layout = None if at.plain else self._layout(at.input(inputs), padded, output, at)
        return Memory(saves=() if any(uneven) else (0,), kept=copy, temporary=copy, layout=layout)

    def _layout(self, x: Strided, padded: Shape, output: Shape, at: Setting) -> Layout:
        if at.sizes(padded) != x.sizes:
            x = _layout.padded(x, at.sizes(padded))
        keeps = _layout.keeps_volumes(self, x, at)
        return _layout.convolved(x, output, at, volumes=keeps)

    def windows(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[Window, ...]:
        del output
        x = inputs[0]
        dims = len(x) - 1
        holes = spread(self.dilation, dims)
        each = zip(self._spans(dims), spread(self.stride, dims), self.pads(x), holes, strict=True)
        return tuple(
            Window(step, -before, span - 1 - before, every=hole) for span, step, (before, _), hole in each
        )

    def to_torch(self, *inputs: Shape) -> Any:
        from convcost.nn.joins import EVEN_CONVS, UNEVEN_CONVS

        x = inputs[0]
        both = self.pads(x)
        excess = tuple(n for a, b in reversed(both) for n in (a - min(a, b), b - min(a, b)))
        conv = (UNEVEN_CONVS if any(excess) else EVEN_CONVS)[len(x) - 2](
            x[0],
            self.out,
            self.kernel,
            stride=self.stride,
            padding=tuple(min(pair) for pair in both),
            dilation=self.dilation,
            groups=self.groups,
            bias=self.bias,
        )
        if any(excess):
            conv.excess = excess
        return conv

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # GoogLeNet 3a's 5x5 without its reduction: 28·28 · 192 · 32 · 5·5 = 120,422,400
            Case(
                op=Conv(out=32, kernel=5, padding="half", bias=False),
                inputs=((192, 28, 28),),
                output=(32, 28, 28),
                cost=Cost(macs=120_422_400, params=153_600),  # 192 · 32 · 25
            ),
        )


OPS = (Conv,)
