"""Tensors side by side along a new axis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import Group, Memory, Problem, Setting, Shape, layout_of
from convcost.ops._axes import axis_problem
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count
from convcost.strides import channels_last

if TYPE_CHECKING:
    from collections.abc import Iterator

SERIAL = 32768
"""Elements up to which torch stacks on one thread, in a kernel of its own (``GRAIN_SIZE``)."""

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
        """New and contiguous from the kernel for little; else as ``torch.cat`` of the longer tensors has it.

        Not known: where the result lies if inputs with an axis of size 1 do not lie as new tensors do.
        """
        along = self._along(inputs[0]) + 1
        tensors = [at.input(inputs, place) for place in range(len(inputs))]
        plain = not tensors[0].suggests_channels_last and all(x.contiguous for x in tensors[1:])
        if along <= len(inputs[0]) and plain and prod(at.sizes(output)) < SERIAL:
            return Memory()
        longer = [x.unsqueezed(along) for x in tensors]
        kept = all(x.suggests_channels_last for x in longer)
        return Memory(layout=layout_of(channels_last(at.sizes(output))) if kept else None)

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
