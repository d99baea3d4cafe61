"""One position of an axis, which goes; a view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.ir import Group, Memory, Problem, Setting, Shape, layout_of
from convcost.ops._axes import axis_problem
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class Select(OpBase):
    """The elements at one index of an axis, without that axis; a view.

    A vision transformer's class token is so read: Dosovitskiy et al. 2020, equation 4.
    """

    NAME: ClassVar[str] = "select"
    GROUP: ClassVar[Group] = "view"

    axis: int = count("the axis, 0 the channels", default=0, ge=None)
    index: int = count("the position, from 0; negative from the last back", default=0, ge=None)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        x = inputs[0]
        wrong = list(axis_problem("axis", (self.axis,), x))
        yield from wrong
        if len(x) == 1:
            yield Problem("axis", f"selecting from {list(x)} leaves no axis", "slice keeps the axis")
        elif not wrong and not -x[self.axis] <= self.index < x[self.axis]:
            yield Problem("index", f"index {self.index} does not exist in axis {self.axis} of {list(x)}")

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        return tuple(n for axis, n in enumerate(x) if axis != self.axis % len(x))

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        del output
        along = self.axis % len(inputs[0]) + 1
        return Memory(view_of=0, layout=layout_of(at.input(inputs).squeezed(along)))

    def axes(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int | None, ...]:
        del output
        return tuple(axis for axis in range(len(inputs[0])) if axis != self.axis % len(inputs[0]))

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        del inputs
        return False

    def to_torch(self, *inputs: Shape) -> Any:
        from convcost.nn.joins import Select as SelectModule

        return SelectModule(self.axis % len(inputs[0]) + 1, self.index)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        # the class token of 197 tokens of 768 channels, tokens first
        return (Case(op=cls(axis=0, index=0), inputs=((197, 768),), output=(768,), cost=Cost()),)


OPS = (Select,)
