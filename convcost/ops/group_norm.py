"""Group normalisation: groups of channels normalised over all positions, sample by sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import Bytes, Group, Memory, Problem, Setting, Shape, layout_of
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count, flag
from convcost.strides import channels_last

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class GroupNorm(OpBase):
    """Each group of C/groups channels: y = (x - mean) / √(variance + ε) · γ + β, by its own statistics.

    Wu & He 2018, "Group normalization", equations 1 to 7.
    """

    NAME: ClassVar[str] = "group_norm"
    GROUP: ClassVar[Group] = "norm"

    groups: int = count("channel groups, each with its own statistics")
    affine: bool = flag("learn a scale and a shift per channel", default=True)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        x = inputs[0]
        if x[0] % self.groups:
            yield Problem("groups", f"{self.groups} groups do not divide the {x[0]} channels of {list(x)}")
        elif prod(x) == self.groups:
            yield Problem(
                "groups", f"{self.groups} groups of {list(x)} hold one value each, which normalises to 0"
            )

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs
        elements = prod(output)
        return Cost(normalised=elements, statistics=elements, params=2 * output[0] * self.affine)

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        statistics = 2 * self.groups * at.element
        if at.plain:
            return Memory(saves=(0,), kept=Bytes(0, statistics), temporary=Bytes(0, statistics))
        x = at.input(inputs)
        last = x.suggests_channels_last
        ready = x.channels_last if last else x.contiguous
        more = Bytes(0, statistics + (not ready) * prod(output) * at.element)  # torch copies what has gaps
        layout = layout_of(channels_last(x.sizes)) if last else None
        return Memory(saves=(0,) if ready else (), kept=more, temporary=more, layout=layout)

    def to_torch(self, *inputs: Shape) -> Any:
        from torch import nn

        return nn.GroupNorm(self.groups, inputs[0][0], affine=bool(self.affine))

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # the paper's 32 groups after ResNet's stem: 64 · 112 · 112 = 802,816 elements
            Case(
                op=cls(groups=32),
                inputs=((64, 112, 112),),
                output=(64, 112, 112),
                cost=Cost(normalised=802_816, statistics=802_816, params=128),  # γ and β of 64
            ),
        )


OPS = (GroupNorm,)
