"""Padding as a layer of its own: around the positions, or beside the channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import Pads, pads
from convcost.ir import Group, Memory, Problem, Setting, Shape, Window
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import integers, padding, word

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODES = {"zero": "constant", "reflect": "reflect", "replicate": "replicate"}


@dataclass(frozen=True, kw_only=True)
class Pad(OpBase):
    """Each spatial dim becomes before + size + after; zeros may be added as channels too.

    Added channels: He et al. 2015, "Deep residual learning", section 3.3, option A.
    """

    NAME: ClassVar[str] = "pad"
    GROUP: ClassVar[Group] = "resize"
    DIMS: ClassVar[tuple[int, ...]] = (0, 1, 2, 3)

    size: Pads = padding("positions added around the input", words=())
    channels: tuple[int, ...] = integers("channels of zeros added before and after", default=(0, 0), ge=0)
    mode: str = word("what the new positions hold", tuple(_MODES), default="zero")

    def pads(self, x: Shape) -> tuple[tuple[int, int], ...]:
        """Return (before, after) per dim."""
        none = (1,) * (len(x) - 1)
        return pads(self.size, x[1:], none, none)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        x = inputs[0]
        if len(self.channels) != 2:  # noqa: PLR2004  # before and after
            yield Problem("channels", f"channels takes [before, after], but has {len(self.channels)} values")
        elif self.mode != "zero":
            yield from self._inner(x)

    def _inner(self, x: Shape) -> Iterator[Problem]:
        if any(self.channels):
            yield Problem("channels", f"channels are added as zeros, but the mode is {self.mode}")
        if len(x) == 1:
            yield Problem("mode", f"the mode {self.mode} needs spatial dims, but the input is {list(x)}")
        for dim, (size, pair) in enumerate(zip(x[1:], self.pads(x), strict=True)):
            if self.mode == "reflect" and max(pair) >= size:
                yield Problem(
                    "size",
                    f"reflecting {max(pair)} positions needs a larger input, but dim {dim} of {list(x)} "
                    f"has {size}",
                )

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        each = zip(x[1:], self.pads(x), strict=True)
        return (x[0] + self.channels[0] + self.channels[1], *(n + a + b for n, (a, b) in each))

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        if self.mode != "zero":
            return Memory(saves=(0,), layout=_layout.image(inputs, output, at, (2, 3)))
        same = output == inputs[0]
        return Memory(layout=_layout.copied(inputs, at) if same else _layout.image(inputs, output, at))

    def windows(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[Window, ...]:
        del output
        edge = "" if self.mode == "zero" else self.mode
        return tuple(Window(1, -before, -before, edge=edge) for before, _ in self.pads(inputs[0]))

    def to_torch(self, *inputs: Shape) -> Any:
        from convcost.nn.joins import Pad as PadModule

        around = (self.channels, *self.pads(inputs[0]))
        if self.mode != "zero":
            around = around[1:]  # torch reflects and replicates positions only
        flat = tuple(n for pair in reversed(around) for n in pair)  # torch counts from the last dim
        return PadModule(flat, _MODES[self.mode])

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # option A between 16 and 32 channels: 8 + 16 + 8
            Case(op=cls(channels=(8, 8)), inputs=((16, 16, 16),), output=(32, 16, 16), cost=Cost()),
            # 1 + 5 + 2 = 8 and 0 + 6 + 3 = 9
            Case(op=cls(size=((1, 2), (0, 3))), inputs=((2, 5, 6),), output=(2, 8, 9), cost=Cost()),
        )


OPS = (Pad,)
