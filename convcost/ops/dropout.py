"""Dropout: in training some elements become zero; in inference nothing happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import Bytes, Group, Memory, Problem, Setting, Shape
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import flag, number

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction


@dataclass(frozen=True, kw_only=True)
class Dropout(OpBase):
    """In training y = x · mask / (1 - rate); in inference y = x, so it costs nothing.

    Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting".
    """

    NAME: ClassVar[str] = "dropout"
    GROUP: ClassVar[Group] = "dropout"

    rate: int | Fraction | None = number(
        "share of elements dropped, 0.5 if not given; no figure depends on it", default=None, ge=0, le=1
    )
    inplace: bool = flag("overwrite the input", default=False)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        del inputs
        if self.rate == 1:
            yield Problem(
                "rate",
                "a dropout's rate must be less than 1, or nothing is left",
            )

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        if not at.training or self.rate == 0:
            return Memory(view_of=0, layout=at.layouts[0])
        # CUDA's fused kernel keeps a mask of booleans; the CPU, and CUDA in place, one of the dtype
        mask = 1 if at.device == "cuda" and not self.inplace else at.element
        kept = Bytes(0, prod(output) * mask)
        if self.inplace:
            return Memory(view_of=0, writes=True, kept=kept, layout=at.layouts[0])
        return Memory(kept=kept, layout=_layout.dropped(inputs, at))

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from torch import nn

        return nn.Dropout(0.5 if self.rate is None else float(self.rate), inplace=bool(self.inplace))

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (Case(op=cls(), inputs=((4096,),), output=(4096,), cost=Cost()),)  # an alias: nothing


OPS = (Dropout,)
