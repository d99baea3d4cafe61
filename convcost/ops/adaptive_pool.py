"""Average pools to a given size: the windows adapt to the input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from convcost.cost import Cost
from convcost.exact import PerDim, gcd, prod, spread
from convcost.ir import Group, Memory, Setting, Shape, Window
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import per_dim


def adaptive_elements(size: int, out: int) -> int:
    """Return how many elements the ``out`` windows over ``size`` positions hold together.

    Window p runs from ⌊p·size/out⌋ to ⌈(p + 1)·size/out⌉. At an inner border p·size/out the
    two windows share a position unless it is whole, which it is gcd(size, out) - 1 times:
    size + (out - 1) - (gcd - 1).
    """
    return size + out - gcd(size, out)


def adaptive_window(size: int, out: int) -> Window:
    """Return the window from ⌊p·size/out⌋ up to ⌈(p + 1)·size/out⌉ = ⌊((p + 1)·size - 1)/out⌋ + 1."""
    return Window(size, 0, size - 1, per=out)


@dataclass(frozen=True, kw_only=True)
class AdaptivePool(OpBase):
    """Base: the output has the given size, whatever the input's."""

    GROUP: ClassVar[Group] = "pool"
    DIMS: ClassVar[tuple[int, ...]] = (1, 2, 3)

    size: PerDim = per_dim("output size")

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        return (x[0], *spread(self.size, len(x) - 1))

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        each = map(adaptive_elements, inputs[0][1:], output[1:])
        return Cost(pooled=output[0] * prod(each))

    def windows(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[Window, ...]:
        return tuple(map(adaptive_window, inputs[0][1:], output[1:]))


class AdaptiveAvgPool(AdaptivePool):
    """The mean over windows from ⌊p·in/size⌋ to ⌈(p + 1)·in/size⌉.

    PyTorch's documentation, ``torch.nn.AdaptiveAvgPool2d``.
    """

    NAME = "adaptive_avg_pool"

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        if prod(output[1:]) == 1:  # torch takes the mean then, whose gradient needs no input
            return Memory(layout=_layout.image(inputs, output, at, (1, 2, 3)))
        return Memory(saves=(0,), layout=_layout.image(inputs, output, at, (1, 2)))

    def to_torch(self, *inputs: Shape) -> Any:
        from torch import nn

        kinds = (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d)
        return kinds[len(inputs[0]) - 2](self.size)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # AlexNet's, on 13×13: windows 0-3, 2-4, ... : 13 + 6 - gcd(13, 6) = 18 per dim
            Case(
                op=cls(size=6),
                inputs=((256, 13, 13),),
                output=(256, 6, 6),
                cost=Cost(pooled=82_944),  # 256 · 18 · 18
            ),
        )


class GlobalAvgPool(OpBase):
    """The mean over all positions of a channel: y = Σ x / positions.

    Lin, Chen & Yan 2013, "Network in network", section 3.2.
    """

    NAME: ClassVar[str] = "global_avg_pool"
    GROUP: ClassVar[Group] = "global_pool"
    DIMS: ClassVar[tuple[int, ...]] = (1, 2, 3)

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        return (x[0], *(1 for _ in x[1:]))

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del output
        return Cost(pooled=prod(inputs[0]))

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        return Memory(layout=_layout.image(inputs, output, at, (1, 2, 3)))

    def windows(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[Window, ...]:
        del output
        return tuple(map(Window.whole, inputs[0][1:]))

    def to_torch(self, *inputs: Shape) -> Any:
        from torch import nn

        kinds = (nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d)
        return kinds[len(inputs[0]) - 2](1)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # GoogLeNet's: 1024 · 7 · 7
            Case(op=cls(), inputs=((1024, 7, 7),), output=(1024, 1, 1), cost=Cost(pooled=50_176)),
        )


OPS = (AdaptiveAvgPool, GlobalAvgPool)
