"""Layer normalisation along one axis: the channels, wherever they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from convcost.cost import Cost
from convcost.exact import maximum, prod
from convcost.ir import Bytes, Group, Memory, Setting, Shape, layout_of
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count, flag
from convcost.strides import usual


@dataclass(frozen=True, kw_only=True)
class LayerNorm(OpBase):
    """Each row along the axis: y = (x - mean) / √(variance + ε) · γ + β, always by its own statistics.

    Ba, Kiros & Hinton 2016, "Layer normalization"; over the channels of each position as in
    Liu et al. 2022, "A ConvNet for the 2020s".
    """

    NAME: ClassVar[str] = "layer_norm"
    GROUP: ClassVar[Group] = "norm"

    axis: int = count("normalised axis: 0 the channels, -1 the last", default=0, ge=-1, le=0)
    affine: bool = flag("learn a scale and a shift per element of the axis", default=True)

    def _moves(self, x: Shape) -> bool:
        """Return whether the axis must first become the last one."""
        return self.axis == 0 and len(x) > 1

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs
        elements = prod(output)
        return Cost(normalised=elements, statistics=elements, params=2 * output[self.axis] * self.affine)

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        del inputs
        elements = prod(output)
        statistics = 2 * (elements // output[self.axis]) * at.statistic
        rows = usual(at.sizes((*output[1:], output[0])))
        last = len(output)
        back = rows.permuted((0, last, *range(1, last))) if self._moves(output) else usual(at.sizes(output))
        # channels first: the statistics are gone when the normalised rows are copied into the output
        temporary = statistics if back.contiguous else maximum(statistics, elements * at.element)
        layout = layout_of(back) if back.contiguous else None
        return Memory(saves=(0,), kept=Bytes(0, statistics), temporary=Bytes(0, temporary), layout=layout)

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        return self.axis == 0 or len(inputs[0]) == 1

    def to_torch(self, *inputs: Shape) -> Any:
        from convcost.nn.layout import ChannelsFirstLayerNorm, nn

        x = inputs[0]
        kind = ChannelsFirstLayerNorm if self._moves(x) else nn.LayerNorm
        return kind(x[self.axis], elementwise_affine=bool(self.affine))

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # ConvNeXt-T's stem: 96 · 56 · 56 = 301,056 elements; γ and β of 96
            Case(
                op=cls(),
                inputs=((96, 56, 56),),
                output=(96, 56, 56),
                cost=Cost(normalised=301_056, statistics=301_056, params=192),
            ),
            # the same, channels last
            Case(
                op=cls(axis=-1),
                inputs=((56, 56, 96),),
                output=(56, 56, 96),
                cost=Cost(normalised=301_056, statistics=301_056, params=192),
            ),
        )


OPS = (LayerNorm,)
