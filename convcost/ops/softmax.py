"""Softmax and its logarithm: the elements along one axis compete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import OUTPUT, SELF, Group, Memory, Problem, Setting, Shape, Window
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class Softmax(OpBase):
    """Positive and summing to 1 along an axis: yᵢ = exp(xᵢ) / Σⱼ exp(xⱼ).

    Bridle 1990, "Probabilistic interpretation of feedforward classification network outputs".
    """

    NAME: ClassVar[str] = "softmax"
    GROUP: ClassVar[Group] = "activation"
    TORCH: ClassVar[str] = "Softmax"

    axis: int = count("axis along which the outputs sum to 1, not counting the batch", default=-1, ge=None)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        rank = len(inputs[0])
        if not -rank <= self.axis < rank:
            yield Problem(
                "axis", f"axis {self.axis} does not exist in {list(inputs[0])}: it has {rank}, counted from 0"
            )

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs
        return Cost(activated=prod(output), nonlinearities=1)

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        del inputs, output, at
        return Memory(saves=(OUTPUT,))

    def windows(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[Window, ...]:
        del output
        x = inputs[0]
        along = self.axis % len(x)
        return tuple(Window.whole(x[along]) if axis == along else SELF for axis in range(1, len(x)))

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        return self.axis % len(inputs[0]) == 0

    def to_torch(self, *inputs: Shape) -> Any:
        from torch import nn

        return getattr(nn, self.TORCH)(dim=self.axis % len(inputs[0]) + 1)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # a classifier's 1000 scores, one exponential each
            Case(
                op=cls(),
                inputs=((1000,),),
                output=(1000,),
                cost=Cost(activated=1000, nonlinearities=1),
            ),
        )


class LogSoftmax(Softmax):
    """The logarithm of softmax: yᵢ = xᵢ - ln Σⱼ exp(xⱼ).

    Goodfellow, Bengio & Courville 2016, "Deep Learning", section 6.2.2.3.
    """

    NAME = "log_softmax"
    TORCH = "LogSoftmax"


OPS = (Softmax, LogSoftmax)
