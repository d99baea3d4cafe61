"""A fully connected layer, on a vector or on the last axis of a channels-last tensor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import maximum, prod
from convcost.ir import SELF, Bytes, Group, Memory, Problem, Setting, Shape, Window
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count, flag

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class Linear(OpBase):
    """Every output is a weighted sum of all inputs: macs = rows · C_in · C_out.

    Rosenblatt 1958, "The perceptron"; rows are the positions besides the last axis.
    """

    NAME: ClassVar[str] = "linear"
    GROUP: ClassVar[Group] = "linear"
    TAKES_NORM_ACT: ClassVar[bool] = True

    out: int = count("outputs")
    bias: bool = flag("a learned constant per output", default=True)
    axis: int | None = count("the axis it replaces: -1, where the input is not flat", default=None, ge=None)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        x = inputs[0]
        if self.axis is None and len(x) > 1:
            yield Problem(
                "axis",
                f"linear takes a vector, but gets {list(x)}",
                "flatten first, or set axis: -1 if the channels are last",
            )
        elif self.axis not in (None, -1, len(x) - 1):
            yield Problem(
                "axis",
                f"linear works along the last axis, but is asked for axis {self.axis} of {list(x)}",
                "a conv with kernel 1 works along the channels",
            )

    def shape(self, *inputs: Shape) -> Shape:
        return (*inputs[0][:-1], self.out)

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        x = inputs[0]
        return Cost(
            macs=prod(x) * self.out,
            bias_adds=self.bias * prod(output),
            params=x[-1] * self.out + self.bias * self.out,
        )

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        if len(output) == 1 or at.plain:
            return Memory(saves=(0,))
        x = at.input(inputs)
        # torch multiplies rows, and copies an input whose rows do not lie at equal distances
        rows = x.viewed((prod(x.sizes[:-1]), x.sizes[-1]))
        copy = (rows is None) * prod(inputs[0]) * at.element
        # where the input is not contiguous, the bias is added in a second step
        sums = self.bias * (not x.contiguous) * prod(output) * at.element
        temporary = Bytes(0, maximum(copy, sums))
        return Memory(saves=() if copy else (0,), kept=Bytes(0, copy), temporary=temporary)

    def windows(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[Window, ...]:
        del output
        sizes = inputs[0][1:]
        return (*(SELF for _ in sizes[:-1]), *map(Window.whole, sizes[-1:]))

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        return len(inputs[0]) == 1

    def to_torch(self, *inputs: Shape) -> Any:
        from torch import nn

        return nn.Linear(inputs[0][-1], self.out, bias=self.bias)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # ResNet-50's classifier: 2048 · 1000 = 2,048,000, and 1000 biases
            Case(
                op=cls(out=1000),
                inputs=((2048,),),
                output=(1000,),
                cost=Cost(macs=2_048_000, bias_adds=1000, params=2_049_000),
            ),
            # channels last: 7·7 rows of 4 -> 6: 49 · 4 · 6 = 1176
            Case(
                op=cls(out=6, axis=-1, bias=False),
                inputs=((7, 7, 4),),
                output=(7, 7, 6),
                cost=Cost(macs=1176, params=24),
            ),
        )


OPS = (Linear,)
