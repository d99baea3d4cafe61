"""A range of one axis, as a view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import ceil_div
from convcost.ir import SELF, Group, Layout, Memory, Problem, Setting, Shape, Window, layout_of
from convcost.ops._axes import axis_problem
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count
from convcost.strides import Strided

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class Slice(OpBase):
    """The channels, or another axis, from start up to stop, every step-th of them; a view.

    Ma et al. 2018, "ShuffleNet V2", section 3.2, splits channels this way.
    """

    NAME: ClassVar[str] = "slice"
    GROUP: ClassVar[Group] = "view"

    start: int = count("the first, from 0", default=0, ge=0)
    stop: int | None = count("where it ends, not included; the axis' end if not given", default=None)
    axis: int = count("the axis, 0 the channels", default=0, ge=None)
    step: int = count("how far apart they are", default=1)

    def _stop(self, x: Shape) -> int:
        return x[self.axis] if self.stop is None else self.stop

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        x = inputs[0]
        wrong = list(axis_problem("axis", (self.axis,), x))
        yield from wrong
        if wrong:
            return
        stop, what = (
            self._stop(x),
            "channels" if self.axis % len(x) == 0 else f"positions of axis {self.axis}",
        )
        if stop > x[self.axis]:
            yield Problem("stop", f"{what} up to {stop} are asked for, but {list(x)} has {x[self.axis]}")
        elif self.start >= stop:
            yield Problem("start", f"the {what} from {self.start} up to {stop} of {list(x)} are empty")

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        size = ceil_div(self._stop(x) - self.start, self.step)
        return tuple(size if axis == self.axis % len(x) else n for axis, n in enumerate(x))

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        strides = list(at.input(inputs).strides)
        strides[self.axis % len(output) + 1] *= self.step
        return Memory(view_of=0, layout=layout_of(Strided(at.sizes(output), tuple(strides))))

    def windows(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[Window, ...]:
        del inputs
        along = self.axis % len(output)
        if not along:
            return ()
        part = Window(self.step, self.start, self.start)
        return tuple(part if axis == along else SELF for axis in range(1, len(output)))

    def to_torch(self, *inputs: Shape) -> Any:
        from convcost.nn.joins import Slice as SliceModule

        return SliceModule(self.axis % len(inputs[0]) + 1, self.start, self._stop(inputs[0]), self.step)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # the second half of 116 channels
            Case(op=cls(start=58), inputs=((116, 28, 28),), output=(58, 28, 28), cost=Cost()),
            # every second row from the first odd one: rows 1, 3, 5 of 7
            Case(op=cls(axis=1, start=1, step=2), inputs=((8, 7, 7),), output=(8, 3, 7), cost=Cost()),
        )


def part_layout(x: Shape, output: Shape, at: Setting) -> Layout:
    """Return the layout of a part of ``x``: the strides of the whole."""
    return layout_of(Strided(at.sizes(output), at.input((x,)).strides))


OPS = (Slice,)
