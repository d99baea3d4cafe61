"""Activations with a setting or a parameter: what happens below zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import Layout, Problem, Setting, Shape
from convcost.ops import _layout
from convcost.ops._base import Case
from convcost.ops._fields import flag, number
from convcost.ops.activation import Activation, InPlaceActivation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction


@dataclass(frozen=True, kw_only=True)
class BelowZero(InPlaceActivation):
    """Base: one number says what becomes of negative elements; in place keeps the output alone.

    SETTING names that field. The overwritten output only tells the input's sign where the
    number is not negative, so torch refuses the way back through any other.
    """

    CLONES: ClassVar[bool] = False
    SETTING: ClassVar[str]

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        del inputs
        value = getattr(self, self.SETTING)
        if self.inplace and value is not None and value < 0:
            yield Problem(
                self.SETTING,
                f"{self.NAME} in place needs its {self.SETTING} to be at least 0, but it is {value}: "
                "the output would not tell which elements were negative",
                "remove inplace",
            )

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from torch import nn

        value = getattr(self, self.SETTING)
        given = () if value is None else (float(value),)
        return getattr(nn, self.TORCH)(*given, inplace=bool(self.inplace))


@dataclass(frozen=True, kw_only=True)
class LeakyRelu(BelowZero):
    """A relu that leaks: y = x where x > 0, slope · x elsewhere.

    Maas, Hannun & Ng 2013, "Rectifier nonlinearities improve neural network acoustic models".
    """

    NAME: ClassVar[str] = "leaky_relu"
    TORCH: ClassVar[str] = "LeakyReLU"
    SETTING: ClassVar[str] = "slope"

    slope: int | Fraction | None = number("factor of negative elements, 0.01 if not given", default=None)


@dataclass(frozen=True, kw_only=True)
class Elu(BelowZero):
    """An exponential below zero: y = x where x > 0, α · (eˣ - 1) elsewhere.

    Clevert, Unterthiner & Hochreiter 2015, "Fast and accurate deep network learning by
    exponential linear units", equation 16.
    """

    NAME: ClassVar[str] = "elu"
    TORCH: ClassVar[str] = "ELU"
    SETTING: ClassVar[str] = "alpha"

    alpha: int | Fraction = number("what negative elements saturate to, times -1", default=1)


@dataclass(frozen=True, kw_only=True)
class Celu(BelowZero):
    """An elu with a continuous derivative: y = max(x, 0) + min(α · (exp(x / α) - 1), 0).

    Barron 2017, "Continuously differentiable exponential linear units", equation 2.
    """

    NAME: ClassVar[str] = "celu"
    TORCH: ClassVar[str] = "CELU"
    SETTING: ClassVar[str] = "alpha"

    alpha: int | Fraction = number("what negative elements saturate to, times -1", default=1)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        yield from super().problems(*inputs)
        if self.alpha == 0:
            yield Problem("alpha", "celu divides by alpha, so alpha cannot be 0", "relu is its limit")


@dataclass(frozen=True, kw_only=True)
class Prelu(Activation):
    """A relu whose leak is learned: y = x where x > 0, a · x elsewhere.

    He et al. 2015, "Delving deep into rectifiers", equation 1; section 2.1 has both variants.
    """

    NAME: ClassVar[str] = "prelu"

    shared: bool = flag("one slope for all channels instead of one for each", default=True)

    def _slopes(self, x: Shape) -> int:
        return 1 if self.shared else x[0]

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        return Cost(activated=prod(output), params=self._slopes(inputs[0]), nonlinearities=1)

    def layout(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Layout:
        del output
        return _layout.copied(inputs, at)

    def to_torch(self, *inputs: Shape) -> Any:
        from torch import nn

        return nn.PReLU(self._slopes(inputs[0]))

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        shape = (3, 4, 5)  # 3 · 4 · 5 = 60 elements
        return (
            Case(
                op=cls(),
                inputs=(shape,),
                output=shape,
                cost=Cost(activated=60, params=1, nonlinearities=1),
            ),
            Case(
                op=cls(shared=False),
                inputs=(shape,),
                output=shape,
                cost=Cost(activated=60, params=3, nonlinearities=1),  # a slope per channel
            ),
        )


OPS = (LeakyRelu, Elu, Celu, Prelu)
