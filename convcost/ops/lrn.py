"""Local response normalisation: each element divided by its neighbours across channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import Bytes, Group, Memory, Setting, Shape
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count


@dataclass(frozen=True, kw_only=True)
class Lrn(OpBase):
    """Across channels: y = x / (k + α · mean of x² over ``size`` neighbours)^β.

    Krizhevsky, Sutskever & Hinton 2012, "ImageNet classification", section 3.3.
    """

    NAME: ClassVar[str] = "lrn"
    GROUP: ClassVar[Group] = "norm"
    DIMS: ClassVar[tuple[int, ...]] = (1, 2, 3)
    NEEDS_CONTIGUOUS: ClassVar[bool] = True  # torch takes views of its steps

    size: int = count("neighbouring channels, itself included")

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs
        return Cost(normalised=prod(output), pooled=prod(output) * self.size)

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        # The squares are padded by size - 1 channels, averaged, scaled, shifted and raised to
        # a power: autograd keeps the padded squares, the base and the power. At most the
        # squares and their padded copy, or three steps of that chain, are alive at once,
        # before the output is there.
        del inputs
        elements = prod(output)
        padded = (output[0] + self.size - 1) * prod(output[1:])
        most = max(elements + padded, 3 * elements) - elements
        return Memory(
            saves=(0,),
            kept=Bytes(0, (padded + 2 * elements) * at.element),
            temporary=Bytes(0, most * at.element),
        )

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from torch import nn

        return nn.LocalResponseNorm(self.size)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # AlexNet's second: 256 · 27 · 27 = 186,624 elements, 5 neighbours each
            Case(
                op=cls(size=5),
                inputs=((256, 27, 27),),
                output=(256, 27, 27),
                cost=Cost(normalised=186_624, pooled=933_120),
            ),
        )


OPS = (Lrn,)
