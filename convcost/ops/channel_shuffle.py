"""Channels dealt out across groups, so that grouped convolutions see each other's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.ir import Memory, Problem, Setting, Shape
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class ChannelShuffle(OpBase):
    """Channel (g, n) of groups × C/groups becomes channel (n, g); nothing is computed.

    Zhang et al. 2017, "ShuffleNet", section 3.1.
    """

    NAME: ClassVar[str] = "channel_shuffle"
    DIMS: ClassVar[tuple[int, ...]] = (1, 2, 3)

    groups: int = count("groups of neighbouring channels to interleave; 1 changes nothing")

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        x = inputs[0]
        if x[0] % self.groups:
            yield Problem("groups", f"{self.groups} groups do not divide the {x[0]} channels of {list(x)}")

    def _stays(self, x: Shape) -> bool:
        """Return whether every channel stays where it is."""
        return self.groups == 1 or self.groups == x[0]

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        if self._stays(inputs[0]):
            return Memory(view_of=0, layout=at.layouts[0])
        return Memory(layout=_layout.image(inputs, output, at))

    def to_torch(self, *inputs: Shape) -> Any:
        from torch import nn

        return nn.Identity() if self._stays(inputs[0]) else nn.ChannelShuffle(self.groups)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # ShuffleNet's second stage: 240 channels in 3 groups
            Case(op=cls(groups=3), inputs=((240, 28, 28),), output=(240, 28, 28), cost=Cost()),
            # its column of 1 group, where nothing moves
            Case(op=cls(groups=1), inputs=((144, 28, 28),), output=(144, 28, 28), cost=Cost()),
        )


OPS = (ChannelShuffle,)
