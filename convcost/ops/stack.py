"""Tensors side by side along a new axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.ir import Group, Memory, Problem, Setting, Shape
from convcost.ops._axes import axis_problem
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_AXES = 5  # so that one more makes six


@dataclass(frozen=True, kw_only=True)
class Stack(OpBase):
    """Tensors of one shape along a new axis, as long as there are tensors.

    PyTorch's documentation, ``torch.stack``.
    """

    NAME: ClassVar[str] = "stack"
    GROUP: ClassVar[Group] = "other"
    ARITY: ClassVar[tuple[int, int | None]] = (2, None)

    axis: int = count("where the new axis is, 0 before the channels", default=0, ge=None)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        first = inputs[0]
        yield from axis_problem("axis", (self.axis,), first, further=1)
        other = next((x for x in inputs if x != first), None)
        if other is not None:
            yield Problem(None, f"stack needs equal shapes, but gets {list(first)} and {list(other)}")
        if len(first) > _MOST_AXES:
            yield Problem(None, f"a tensor has at most 6 axes, but {list(first)} would have {len(first) + 1}")

    def _along(self, x: Shape) -> int:
        return self.axis % (len(x) + 1)

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        along = self._along(x)
        return (*x[:along], len(inputs), *x[along:])

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        """A new tensor in the usual order, also of inputs that lie otherwise, where torch's order is not known."""
        del inputs, output, at
        return Memory()

    def axes(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int | None, ...]:
        along = self._along(inputs[0])
        return tuple(None if axis == along else axis - (axis > along) for axis in range(len(output)))

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        del inputs
        return False

    def to_torch(self, *inputs: Shape) -> Any:
        from convcost.nn.joins import Stack as StackModule

        return StackModule(self._along(inputs[0]) + 1)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        x = (8, 5)
        return (Case(op=cls(axis=1), inputs=(x, x, x), output=(8, 3, 5), cost=Cost()),)


OPS = (Stack,)
