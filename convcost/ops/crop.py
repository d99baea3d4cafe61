"""A part of the positions, of the size of another tensor, as a view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import PerDim, spread
from convcost.ir import Group, Memory, Problem, Setting, Shape, Window
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import per_dim
from convcost.ops.slice import part_layout

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class Crop(OpBase):
    """The positions from ``offset`` on, as many as ``like`` has; centred: offset = ⌊(in - out) / 2⌋.

    Ronneberger et al. 2015, "U-Net", section 2; the offset: Long et al. 2015, FCN's Crop layer.
    """

    NAME: ClassVar[str] = "crop"
    GROUP: ClassVar[Group] = "view"
    DIMS: ClassVar[tuple[int, ...]] = (1, 2, 3)
    LIKE: ClassVar[bool] = True

    offset: PerDim | None = per_dim("first position kept; centred if not given", default=None, ge=0)

    def _starts(self, x: Shape, like: Shape) -> tuple[int, ...]:
        if self.offset is not None:
            return spread(self.offset, len(x) - 1)
        return tuple((n - m) // 2 for n, m in zip(x[1:], like[1:], strict=True))

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        if len(inputs) == 1:
            yield Problem(None, "crop needs like: (the layer whose size it takes)")
            return
        x, like = inputs
        if len(x) != len(like):
            yield Problem("like", f"{list(x)} cannot be cropped like {list(like)}: the ranks differ")
            return
        starts = self._starts(x, like)
        if any(n < m for n, m in zip(x[1:], like[1:], strict=True)):
            yield Problem("like", f"{list(x)} cannot be cropped like {list(like)}, which is larger")
        elif any(s + m > n for s, n, m in zip(starts, x[1:], like[1:], strict=True)):
            yield Problem("offset", f"offset {list(starts)} leaves less of {list(x)} than {list(like)} has")

    def shape(self, *inputs: Shape) -> Shape:
        x, like = inputs
        return (x[0], *like[1:])

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        return Memory(view_of=0, layout=part_layout(inputs[0], output, at))

    def windows(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[Window, ...]:
        return tuple(Window(1, start, start) for start in self._starts(inputs[0], output))

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        del inputs
        return False

    def to_torch(self, *inputs: Shape) -> Any:
        from convcost.nn.joins import Narrow

        x, like = inputs
        return Narrow((0, *self._starts(x, like)), (x[0], *like[1:]))

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # U-Net's deepest skip: 64 positions down to 56, from (64 - 56) / 2 = 4 on
            Case(op=cls(), inputs=((512, 64, 64), (512, 56, 56)), output=(512, 56, 56), cost=Cost()),
        )


OPS = (Crop,)
