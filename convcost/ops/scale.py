"""A learned factor for each channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import Memory, Setting, Shape
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count


@dataclass(frozen=True, kw_only=True)
class Scale(OpBase):
    """Element by element: y = λ · x, with one λ per channel.

    Touvron et al. 2021, "Going deeper with image transformers", equation 4 (layer scale).
    """

    NAME: ClassVar[str] = "scale"

    axis: int = count("axis with one factor each: 0 the channels, -1 the last", default=0, ge=-1, le=0)

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        return Cost(multiplied=prod(output), params=inputs[0][self.axis])

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        return Memory(saves=(0,), layout=_layout.pointwise(inputs, output, at, self._weight(inputs[0])))

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        del inputs
        return False

    def to_torch(self, *inputs: Shape) -> Any:
        from convcost.nn.layout import Scale as ScaleModule

        return ScaleModule(self._weight(inputs[0]))

    def _weight(self, x: Shape) -> Shape:
        along = self.axis % len(x)
        return tuple(n if axis == along else 1 for axis, n in enumerate(x))

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # ConvNeXt-T's first stage: 96 · 56 · 56 = 301,056
            Case(
                op=cls(),
                inputs=((96, 56, 56),),
                output=(96, 56, 56),
                cost=Cost(multiplied=301_056, params=96),
            ),
            Case(
                op=cls(axis=-1),
                inputs=((56, 56, 96),),
                output=(56, 56, 96),
                cost=Cost(multiplied=301_056, params=96),
            ),
        )


OPS = (Scale,)
