"""A range of the channels, as a view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.ir import Group, Layout, Memory, Problem, Setting, Shape, layout_of
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count
from convcost.strides import Strided

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class Slice(OpBase):
    """The channels from start up to stop, stop not included: stop - start of them; a view.

    Ma et al. 2018, "ShuffleNet V2", section 3.2, splits channels this way.
    """

    NAME: ClassVar[str] = "slice"
    GROUP: ClassVar[Group] = "view"

    start: int = count("first channel, from 0", default=0, ge=0)
    stop: int | None = count("channel before which it ends; all that follow if not given", default=None)

    def _stop(self, x: Shape) -> int:
        return x[0] if self.stop is None else self.stop

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        x = inputs[0]
        stop = self._stop(x)
        if stop > x[0]:
            yield Problem("stop", f"channels up to {stop} are asked for, but {list(x)} has {x[0]}")
        elif self.start >= stop:
            yield Problem("start", f"the channels from {self.start} up to {stop} of {list(x)} are empty")

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        return (self._stop(x) - self.start, *x[1:])

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        return Memory(view_of=0, layout=part_layout(inputs[0], output, at))

    def to_torch(self, *inputs: Shape) -> Any:
        from convcost.nn.joins import Narrow

        return Narrow((self.start,), self.shape(*inputs)[:1])

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        # the second half of 116 channels
        return (Case(op=cls(start=58), inputs=((116, 28, 28),), output=(58, 28, 28), cost=Cost()),)


def part_layout(x: Shape, output: Shape, at: Setting) -> Layout:
    """Return the layout of a part of ``x``: the strides of the whole."""
    return layout_of(Strided(at.sizes(output), at.input((x,)).strides))


OPS = (Slice,)
