"""Instance normalisation: each channel of each sample normalised over its positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import Bytes, Group, Memory, Problem, Setting, Shape
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import flag

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class InstanceNorm(OpBase):
    """Per channel and sample: y = (x - mean) / √(variance + ε) · γ + β over the positions.

    Ulyanov, Vedaldi & Lempitsky 2016, "Instance normalization", equation 2.
    """

    NAME: ClassVar[str] = "instance_norm"
    GROUP: ClassVar[Group] = "norm"
    DIMS: ClassVar[tuple[int, ...]] = (1, 2, 3)

    affine: bool = flag("learn a scale and a shift per channel", default=False)
    track: bool = flag("keep running statistics and use them in inference", default=False)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        x = inputs[0]
        if prod(x[1:]) == 1:
            yield Problem(None, f"instance_norm needs more than one position per channel, but gets {list(x)}")

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs
        channels, elements = output[0], prod(output)
        return Cost(
            normalised=elements,
            statistics=elements * (not self.track),
            params=2 * channels * self.affine,
            buffers=(2 * channels + 1) * self.track,
            counters=int(self.track),
        )

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        """It runs as a batch norm of B·C channels: what has C values is repeated B times.

        An input that is not contiguous is copied first, and the copy kept instead.

        Kept are mean and 1/√variance, the repeated scale, and both repeated running
        statistics. Inference repeats scale and shift, and the running statistics where it
        does not compute its own.
        """
        channels = output[0]
        repeated, computed = channels * at.element, 2 * channels * at.statistic
        ready = at.input(inputs).contiguous
        copy = (not ready) * prod(output) * at.element
        kept = copy + computed + repeated * (self.affine + 2 * self.track)
        temporary = copy + 2 * repeated * self.affine + (2 * repeated if self.track else computed)
        return Memory(saves=(0,) if ready else (), kept=Bytes(0, kept), temporary=Bytes(0, temporary))

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        del inputs
        return False

    def to_torch(self, *inputs: Shape) -> Any:
        from torch import nn

        kinds = (nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d)
        x = inputs[0]
        return kinds[len(x) - 2](x[0], affine=bool(self.affine), track_running_stats=bool(self.track))

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        x = (32, 256, 256)  # 32 · 256 · 256 = 2,097,152 elements
        return (
            Case(
                op=cls(),
                inputs=(x,),
                output=x,
                cost=Cost(normalised=2_097_152, statistics=2_097_152),
            ),
            # γ and β of 32; mean, variance and a step counter; nothing computed in inference
            Case(
                op=cls(affine=True, track=True),
                inputs=(x,),
                output=x,
                cost=Cost(normalised=2_097_152, params=64, buffers=65, counters=1),
            ),
        )


OPS = (InstanceNorm,)
