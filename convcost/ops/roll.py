"""Positions moved along an axis, or turned around."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.ir import Memory, Problem, Setting, Shape, layout_of
from convcost.ops import _layout
from convcost.ops._axes import axis_problem, resolved
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import integers
from convcost.strides import Strided, channels_last, usual

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True, init=False)
class _Moved(OpBase):
    """Base: what is at one position comes to be at another of the same axes."""

    along: tuple[int, ...] = integers("the axes, 0 the channels", ge=None, name="axes")

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        yield from axis_problem("axes", self.along, inputs[0])

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def axes(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int | None, ...]:
        moved = resolved(self.along, inputs[0])
        return tuple(None if axis in moved else axis for axis in range(len(output)))

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        del inputs
        return False


@dataclass(frozen=True, kw_only=True, init=False)
class Roll(_Moved):
    """Positions moved on by ``shifts``; what leaves at the end comes back at the start.

    Liu et al. 2021, "Swin transformer", section 3.2, shifts its windows so.
    """

    NAME: ClassVar[str] = "roll"

    shifts: tuple[int, ...] = integers("how far each axis moves", ge=None)

    def __init__(self, *, axes: tuple[int, ...], shifts: tuple[int, ...]) -> None:
        """Take ``axes`` by its name in the spec, which is that of a method."""
        object.__setattr__(self, "along", axes)
        object.__setattr__(self, "shifts", shifts)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        yield from super().problems(*inputs)
        if len(self.shifts) != len(self.along):
            yield Problem("shifts", f"{len(self.along)} axes move, but there are {len(self.shifts)} shifts")

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        """New tensors, axis after axis: each joins the part that moved on and the part that came back."""
        del output
        x = at.input(inputs)
        for axis, shift in zip(resolved(self.along, inputs[0]), self.shifts, strict=True):
            x = _rolled(x, axis + 1, shift)
        return Memory(layout=layout_of(x))

    def to_torch(self, *inputs: Shape) -> Any:
        from convcost.nn.joins import Roll as RollModule

        return RollModule(self.shifts, tuple(axis + 1 for axis in resolved(self.along, inputs[0])))

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        x = (56, 56, 96)  # Swin's shifted windows: rows and columns, channels last
        return (Case(op=cls(axes=(0, 1), shifts=(-3, -3)), inputs=(x,), output=x, cost=Cost()),)


def _rolled(x: Strided, axis: int, shift: int) -> Strided:
    """Return where ``torch.cat`` puts the two parts; where one is empty, in the usual order."""
    size = x.sizes[axis]
    back = -shift % size
    parts = [(*x.sizes[:axis], n, *x.sizes[axis + 1 :]) for n in (size - back, back)]
    kept = back > 0 and all(Strided(sizes, x.strides).suggests_channels_last for sizes in parts)
    return channels_last(x.sizes) if kept else usual(x.sizes)


@dataclass(frozen=True, kw_only=True, init=False)
class Flip(_Moved):
    """Positions in the opposite order.

    PyTorch's documentation, ``torch.flip``.
    """

    NAME: ClassVar[str] = "flip"

    def __init__(self, *, axes: tuple[int, ...]) -> None:
        """Take ``axes`` by its name in the spec, which is that of a method."""
        object.__setattr__(self, "along", axes)

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        del output
        return Memory(layout=_layout.copied(inputs, at))

    def to_torch(self, *inputs: Shape) -> Any:
        from convcost.nn.joins import Flip as FlipModule

        return FlipModule(tuple(axis + 1 for axis in resolved(self.along, inputs[0])))

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        x = (8, 5, 5)
        return (Case(op=cls(axes=(-1,)), inputs=(x,), output=x, cost=Cost()),)


OPS = (Roll, Flip)
