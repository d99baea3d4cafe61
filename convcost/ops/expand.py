"""Axes of size 1 repeated, as a view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.ir import Group, Memory, Problem, Setting, Shape, layout_of
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import integers
from convcost.strides import Strided

if TYPE_CHECKING:
    from collections.abc import Iterator

SAME = -1


@dataclass(frozen=True, kw_only=True, init=False)
class Expand(OpBase):
    """Axes of size 1 read again and again, up to the sizes of ``shape``; -1 leaves an axis as it is.

    PyTorch's documentation, ``Tensor.expand``.
    """

    NAME: ClassVar[str] = "expand"
    GROUP: ClassVar[Group] = "view"

    sizes: tuple[int, ...] = integers("the new sizes, channels first; -1 is the old one", ge=-1, name="shape")

    def __init__(self, *, shape: tuple[int, ...]) -> None:
        """Take the field by its name in the spec, which is that of a method."""
        object.__setattr__(self, "sizes", shape)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        x = inputs[0]
        asked = list(self.sizes)
        if len(asked) != len(x):
            yield Problem("shape", f"{list(x)} has {len(x)} axes, but the shape {asked} has {len(asked)}")
        elif 0 in asked:
            yield Problem("shape", f"sizes are at least 1, or -1 for the old one, but the shape is {asked}")
        elif not all(n in (1, m) or m == SAME for n, m in zip(x, asked, strict=True)):
            yield Problem("shape", f"only axes of size 1 can be expanded: {list(x)} cannot become {asked}")

    def shape(self, *inputs: Shape) -> Shape:
        return tuple(n if m == SAME else m for n, m in zip(inputs[0], self.sizes, strict=True))

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        x = at.input(inputs)
        sizes = at.sizes(output)
        strides = [0 if n != m else step for n, m, step in zip(x.sizes, sizes, x.strides, strict=True)]
        return Memory(view_of=0, layout=layout_of(Strided(sizes, tuple(strides))))

    def axes(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int | None, ...]:
        return tuple(axis if n == inputs[0][axis] else None for axis, n in enumerate(output))

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        del inputs
        return False

    def to_torch(self, *inputs: Shape) -> Any:
        from convcost.nn.joins import Expand as ExpandModule

        return ExpandModule(self.shape(*inputs))

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (Case(op=cls(shape=(-1, 7, 7)), inputs=((64, 1, 1),), output=(64, 7, 7), cost=Cost()),)


OPS = (Expand,)
