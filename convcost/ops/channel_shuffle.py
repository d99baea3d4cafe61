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

    groups: int = count("groups of neighbouring channels to interleave", ge=2)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        x = inputs[0]
        if x[0] % self.groups:
            yield Problem("groups", f"{self.groups} groups do not divide the {x[0]} channels of {list(x)}")
        elif self.groups == 1 or self.groups == x[0]:
            yield Problem(
                "groups",
                f"groups: {self.groups} leaves the {x[0]} channels of {list(x)} where they are",
                "leave the layer out",
            )

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        return Memory(layout=_layout.image(inputs, output, at))

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from torch import nn

        return nn.ChannelShuffle(self.groups)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        # ShuffleNet's second stage: 240 channels in 3 groups
        return (Case(op=cls(groups=3), inputs=((240, 28, 28),), output=(240, 28, 28), cost=Cost()),)


OPS = (ChannelShuffle,)
