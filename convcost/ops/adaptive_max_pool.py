"""Maximum pools to a given size: the windows adapt to the input."""

from __future__ import annotations

from typing import Any

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import Bytes, Memory, Setting, Shape
from convcost.ops import _layout
from convcost.ops._base import Case
from convcost.ops.adaptive_pool import AdaptivePool

INDEX_BYTES = 8  # where each maximum came from, as int64


class AdaptiveMaxPool(AdaptivePool):
    """The largest over windows from ⌊p·in/size⌋ to ⌈(p + 1)·in/size⌉.

    PyTorch's documentation, ``torch.nn.AdaptiveMaxPool2d``.
    """

    NAME = "adaptive_max_pool"

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        indices = Bytes(0, prod(output) * INDEX_BYTES)
        layout = _layout.image(inputs, output, at, (1, 2))
        return Memory(saves=(0,), kept=indices, temporary=indices, layout=layout)

    def to_torch(self, *inputs: Shape) -> Any:
        from torch import nn

        kinds = (nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.AdaptiveMaxPool3d)
        return kinds[len(inputs[0]) - 2](self.size)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # two windows of 4 per dim, side by side: each of 16 · 8 · 8 elements once
            Case(
                op=cls(size=2),
                inputs=((16, 8, 8),),
                output=(16, 2, 2),
                cost=Cost(pooled=1024),
            ),
            # 5 positions to 3: windows 0-1, 1-3, 3-4 hold 2 + 3 + 2 = 7 elements
            Case(op=cls(size=3), inputs=((2, 5),), output=(2, 3), cost=Cost(pooled=14)),
        )


OPS = (AdaptiveMaxPool,)
