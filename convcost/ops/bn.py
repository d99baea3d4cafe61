"""Batch normalisation: each channel scaled and shifted by statistics over the batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import Bytes, Group, Memory, Setting, Shape
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import flag


@dataclass(frozen=True, kw_only=True)
class BatchNorm(OpBase):
    """Per channel: y = (x - mean) / √(variance + ε) · γ + β, with running statistics in inference.

    Ioffe & Szegedy 2015, "Batch normalization", algorithms 1 and 2.
    """

    NAME: ClassVar[str] = "bn"
    GROUP: ClassVar[Group] = "norm"
    DIMS: ClassVar[tuple[int, ...]] = (0, 1, 2, 3)

    affine: bool = flag("learn a scale and a shift per channel", default=True)

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs
        channels = output[0]
        return Cost(
            normalised=prod(output),
            params=2 * channels * self.affine,
            buffers=2 * channels + 1,
            counters=1,
        )

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        statistics = Bytes(2 * output[0] * at.statistic, 0)
        return Memory(saves=(0,), kept=statistics, layout=_layout.normalised(inputs, at))

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        del inputs
        return False

    def untrainable(self, inputs: tuple[Shape, ...], batch: int) -> str | None:
        one = batch == 1 and prod(inputs[0][1:]) == 1
        return "a batch norm needs more than one value per channel to train: raise the batch" if one else None

    def to_torch(self, *inputs: Shape) -> Any:
        from torch import nn

        kinds = (nn.BatchNorm1d, nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
        return kinds[len(inputs[0]) - 1](inputs[0][0], affine=self.affine)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # ResNet's stem: 64 · 112 · 112 elements; γ and β; mean, variance and a step counter
            Case(
                op=cls(),
                inputs=((64, 112, 112),),
                output=(64, 112, 112),
                cost=Cost(normalised=802_816, params=128, buffers=129, counters=1),
            ),
        )


OPS = (BatchNorm,)
