"""Pools over sliding windows in 1, 2 or 3 dims: the largest element, or the mean."""

from __future__ import annotations

from dataclasses import dataclass
from operator import gt
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import Pads, PerDim, extent, pads, prod, spread
from convcost.ir import Bytes, Group, Memory, Problem, Setting, Shape, Window
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import flag, padding, per_dim
from convcost.units import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

INDEX_BYTES = 8  # torch keeps the place of each maximum as an int64, whatever the dtype


@dataclass(frozen=True, kw_only=True)
class Pool(OpBase):
    """Base: windows, their padding, and the rounding of ``ceil_mode``."""

    GROUP: ClassVar[Group] = "pool"
    DIMS: ClassVar[tuple[int, ...]] = (1, 2, 3)

    kernel: PerDim = per_dim("window size")
    stride: PerDim | None = per_dim("step between windows; the kernel if not given", default=None)
    padding: Pads = padding("positions added on both sides, at most half the kernel")
    ceil_mode: bool = flag(
        "round the output size up: the last window may extend past the edge", default=False
    )

    def _strides(self, dims: int) -> tuple[int, ...]:
        return spread(self.kernel if self.stride is None else self.stride, dims)

    def spans(self, dims: int) -> tuple[int, ...]:
        """Return how many positions a window spans, per dim."""
        return spread(self.kernel, dims)

    def holes(self, dims: int) -> tuple[int, ...]:
        """Return how far apart a window's elements are, per dim."""
        return (1,) * dims

    def pads(self, x: Shape) -> tuple[tuple[int, int], ...]:
        """Return (before, after) per dim for this input."""
        dims = len(x) - 1
        return pads(self.padding, x[1:], self.spans(dims), self._strides(dims))

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        x = inputs[0]
        dims = len(x) - 1
        for kernel, (before, after) in zip(spread(self.kernel, dims), self.pads(x), strict=True):
            if before != after:
                yield Problem(
                    "padding",
                    f"a pool pads both sides equally, but the padding is {[before, after]}",
                    "add a pad before it",
                )
            elif before > kernel // 2:
                yield Problem(
                    "padding", f"padding {before} is more than half of the window's {kernel} elements"
                )
        output = self.shape(x)
        if any(n < 1 for n in output[1:]):
            yield Problem(
                "kernel",
                f"the window spans {sizes(self.spans(dims))}, more than the padded input "
                f"{sizes(n + a + b for n, (a, b) in zip(x[1:], self.pads(x), strict=True))}",
            )

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        dims = len(x) - 1
        each = zip(x[1:], self.spans(dims), self._strides(dims), self.pads(x), strict=True)
        return (x[0], *(_positions(n, k, s, p, self.ceil_mode) for n, k, s, p in each))

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        return Cost(pooled=prod(output) * prod(spread(self.kernel, len(inputs[0]) - 1)))

    def windows(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[Window, ...]:
        del output
        x = inputs[0]
        dims = len(x) - 1
        holes = self.holes(dims)
        each = zip(self.spans(dims), self._strides(dims), self.pads(x), holes, strict=True)
        return tuple(
            Window(step, -before, span - 1 - before, every=hole) for span, step, (before, _), hole in each
        )

    def _arguments(self, x: Shape) -> dict[str, Any]:
        return {
            "kernel_size": self.kernel,
            "stride": self._strides(len(x) - 1),
            "padding": tuple(before for before, _ in self.pads(x)),
            "ceil_mode": self.ceil_mode,
        }


@dataclass(frozen=True, kw_only=True)
class MaxPool(Pool):
    """The largest element of each window: y = max of x over ∏kernel elements.

    Ranzato et al. 2007, "Unsupervised learning of invariant feature hierarchies".
    """

    NAME: ClassVar[str] = "max_pool"

    dilation: PerDim = per_dim("step between window elements", default=1)

    def spans(self, dims: int) -> tuple[int, ...]:
        return tuple(map(extent, spread(self.kernel, dims), self.holes(dims)))

    def holes(self, dims: int) -> tuple[int, ...]:
        return spread(self.dilation, dims)

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        indices = Bytes(0, prod(output) * INDEX_BYTES)
        layout = _layout.image(inputs, output, at, (1, 2, 3))
        return Memory(saves=(0,), kept=indices, temporary=indices, layout=layout)

    def to_torch(self, *inputs: Shape) -> Any:
        from torch import nn

        kinds = (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d)
        return kinds[len(inputs[0]) - 2](**self._arguments(inputs[0]), dilation=self.dilation)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # ResNet's: ⌊(112 + 2 - 3) / 2⌋ + 1 = 56; 64 · 56 · 56 windows of 9
            Case(
                op=cls(kernel=3, stride=2, padding=1),
                inputs=((64, 112, 112),),
                output=(64, 56, 56),
                cost=Cost(pooled=1_806_336),
            ),
            # GoogLeNet's, rounded up: ⌈(112 - 3) / 2⌉ + 1 = 56, the last window cut
            Case(
                op=cls(kernel=3, stride=2, ceil_mode=True),
                inputs=((64, 112, 112),),
                output=(64, 56, 56),
                cost=Cost(pooled=1_806_336),
            ),
            # ⌈(3 + 2 - 2) / 2⌉ + 1 = 3, but the third window would start at 4, past 3 + 1: 2 windows
            Case(
                op=cls(kernel=2, stride=2, padding=1, ceil_mode=True),
                inputs=((1, 3),),
                output=(1, 2),
                cost=Cost(pooled=4),
            ),
        )


@dataclass(frozen=True, kw_only=True)
class AvgPool(Pool):
    """The mean of each window: y = Σ x / ∏kernel.

    LeCun et al. 1989, "Handwritten digit recognition with a back-propagation network".
    """

    NAME: ClassVar[str] = "avg_pool"

    count_include_pad: bool = flag(
        "divide by the whole window at the borders, padding included", default=True
    )

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        yield from super().problems(*inputs)
        x = inputs[0]
        if len(x) - 1 == max(self.DIMS) and any(map(gt, self.spans(3), x[1:])):
            # torch's own limit, in 3 dims only: avg_pool3d compares with the bare input
            yield Problem(
                "kernel",
                f"in 3 dims an average pool's window may not span more than the unpadded input, but spans "
                f"{sizes(self.spans(3))} on {list(x)}",
            )

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        return Memory(saves=(0,), layout=_layout.image(inputs, output, at, (1, 2)))

    def to_torch(self, *inputs: Shape) -> Any:
        from torch import nn

        kinds = (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)
        more = {"count_include_pad": self.count_include_pad}
        return kinds[len(inputs[0]) - 2](**self._arguments(inputs[0]), **more)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # DenseNet's transition: 56 / 2 = 28; 128 · 28 · 28 windows of 4
            Case(
                op=cls(kernel=2),
                inputs=((128, 56, 56),),
                output=(128, 28, 28),
                cost=Cost(pooled=401_408),
            ),
        )


def _positions(size: int, span: int, stride: int, pad: tuple[int, int], ceil: bool) -> int:
    """Return how many windows fit: rounded up with ``ceil``, less one that would start past the input."""
    before, after = pad
    out = (size + (before + after) - span + ceil * (stride - 1)) // stride + 1
    return out - ceil * ((out - 1) * stride >= size + before)


OPS = (MaxPool, AvgPool)
