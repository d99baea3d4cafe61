"""Channels rearranged into finer positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.ir import Group, Memory, Problem, Setting, Shape, Window
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count
from convcost.ops.upsample import nearest_window

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class PixelShuffle(OpBase):
    """C·r² × H × W becomes C × H·r × W·r, r being the factor; nothing is computed.

    Shi et al. 2016, "Real-time single image and video super-resolution", equation 4.
    """

    NAME: ClassVar[str] = "pixel_shuffle"
    GROUP: ClassVar[Group] = "resize"
    DIMS: ClassVar[tuple[int, ...]] = (2,)

    factor: int = count("how many times larger each spatial dim becomes")

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        x = inputs[0]
        if x[0] % self.factor**2:
            yield Problem(
                "factor",
                f"factor {self.factor} needs channels in multiples of {self.factor**2}, but gets {list(x)}",
            )

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        return (x[0] // self.factor**2, *(n * self.factor for n in x[1:]))

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        return Memory(layout=_layout.image(inputs, output, at))

    def windows(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[Window, ...]:
        return tuple(map(nearest_window, inputs[0][1:], output[1:]))

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        del inputs
        return True

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from torch import nn

        return nn.PixelShuffle(self.factor)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        # ESPCN's last layer, 3 times larger: 27 / 9 = 3 colours
        return (Case(op=cls(factor=3), inputs=((27, 40, 60),), output=(3, 120, 180), cost=Cost()),)


OPS = (PixelShuffle,)
