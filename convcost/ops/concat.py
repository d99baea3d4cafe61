"""Tensors side by side along the channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.ir import Group, Memory, Problem, Setting, Shape
from convcost.ops import _layout
from convcost.ops._axes import axis_problem
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class Concat(OpBase):
    """The channels, or another axis, one after another: C = C₀ + C₁ + ..., all others as they are.

    Szegedy et al. 2014, "Going deeper with convolutions", section 4.
    """

    NAME: ClassVar[str] = "concat"
    GROUP: ClassVar[Group] = "join"
    ARITY: ClassVar[tuple[int, int | None]] = (2, None)

    axis: int = count("the axis, 0 the channels", default=0, ge=None)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        first = inputs[0]
        wrong = list(axis_problem("axis", (self.axis,), first))
        yield from wrong
        other = next((x for x in inputs if self._beside(x) != self._beside(first)), None)
        if other is not None and not wrong:
            what = "spatial sizes" if self.axis == 0 else f"sizes beside axis {self.axis}"
            hint = "crop: {like: NAME} cuts the larger to the size of the other" if self.axis == 0 else None
            yield Problem(None, f"concat needs equal {what}, but gets {list(first)} and {list(other)}", hint)

    def _beside(self, x: Shape) -> Shape:
        """Return the sizes of the other axes."""
        along = self.axis % len(x)
        return (*x[:along], 0, *x[along + 1 :])

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        along = self.axis % len(x)
        return (*x[:along], sum(each[along] for each in inputs), *x[along + 1 :])

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        alike = all(at.input(inputs, i).suggests_channels_last for i in range(1, len(at.layouts)))
        return Memory(layout=_layout.image(inputs, output, at) if alike else None)

    def axes(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int | None, ...]:
        """Along another axis than the channels a position comes from one of the inputs: all are meant."""
        along = self.axis % len(inputs[0])
        return tuple(None if axis == along != 0 else axis for axis in range(len(output)))

    def to_torch(self, *inputs: Shape) -> Any:
        from convcost.nn.joins import Concat as ConcatModule

        return ConcatModule(self.axis % len(inputs[0]) + 1)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # GoogLeNet 3a: 64 + 128 + 32 + 32 = 256
            Case(
                op=cls(),
                inputs=((64, 28, 28), (128, 28, 28), (32, 28, 28), (32, 28, 28)),
                output=(256, 28, 28),
                cost=Cost(),
            ),
            # a class token before 196 others, tokens first
            Case(op=cls(), inputs=((1, 768), (196, 768)), output=(197, 768), cost=Cost()),
            # two images above one another: 5 + 6 rows
            Case(op=cls(axis=1), inputs=((8, 5, 7), (8, 6, 7)), output=(8, 11, 7), cost=Cost()),
        )


OPS = (Concat,)
