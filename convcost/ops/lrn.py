"""Local response normalisation: each element divided by its neighbours across channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import Bytes, Group, Layout, Memory, Setting, Shape, layout_of
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count
from convcost.strides import SCALAR, Strided, channels_last, elementwise, usual

VOLUME_AXES = 4


@dataclass(frozen=True, kw_only=True)
class Lrn(OpBase):
    """Across channels: y = x / (k + α · mean of x² over ``size`` neighbours)^β.

    Krizhevsky, Sutskever & Hinton 2012, "ImageNet classification", section 3.3.
    """

    NAME: ClassVar[str] = "lrn"
    GROUP: ClassVar[Group] = "norm"
    DIMS: ClassVar[tuple[int, ...]] = (1, 2, 3)

    size: int = count("neighbouring channels, itself included")

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs
        return Cost(normalised=prod(output), pooled=prod(output) * self.size)

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        # The squares are padded by size - 1 channels, averaged, scaled, shifted and raised to
        # a power: autograd keeps the padded squares, the base and the power. At most the
        # squares and their padded copy, or three steps of that chain, are alive at once,
        # before the output is there.
        elements = prod(output)
        padded = (output[0] + self.size - 1) * prod(output[1:])
        x = at.input(inputs)
        images = (*x.sizes[:3], prod(x.sizes[3:]))  # what 3 dims run as
        flat = x.viewed(images) if len(output) == VOLUME_AXES else x
        copy = 0 if flat else elements
        most = copy + max(elements + padded, 3 * elements) - elements
        layout = None if at.plain else self._layout(flat or usual(images), x.sizes)
        return Memory(
            saves=() if copy else (0,),
            kept=Bytes(0, (copy + padded + 2 * elements) * at.element),
            temporary=Bytes(0, most * at.element),
            layout=layout,
        )

    def _layout(self, x: Strided, sizes: tuple[int, ...]) -> Layout:
        """Follow torch's steps: padded squares, their means, and the quotient."""
        batch, channels, *dims = x.sizes
        squares = elementwise(x.sizes, x).unsqueezed(1)
        padded = _layout.padded(squares, (batch, 1, channels + self.size - 1, *dims))
        means = (batch, 1, channels, *dims)
        one_dim = len(dims) == 1  # averaged in 2 dims; all others in 3, whose kernel keeps no order
        mean = channels_last(means) if one_dim and padded.suggests_channels_last else usual(means)
        divisor = elementwise(x.sizes, mean.squeezed(1), SCALAR)
        result = elementwise(x.sizes, x, divisor)
        return layout_of(result if x.sizes == sizes else result.viewed(sizes) or usual(sizes))

    def to_torch(self, *inputs: Shape) -> Any:
        from torch import nn

        if len(inputs[0]) == VOLUME_AXES:
            from convcost.nn.layout import VolumeLrn

            return VolumeLrn(self.size)
        return nn.LocalResponseNorm(self.size)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # AlexNet's second: 256 · 27 · 27 = 186,624 elements, 5 neighbours each
            Case(
                op=cls(size=5),
                inputs=((256, 27, 27),),
                output=(256, 27, 27),
                cost=Cost(normalised=186_624, pooled=933_120),
            ),
        )


OPS = (Lrn,)
