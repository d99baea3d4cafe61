"""Tensors side by side along the channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.ir import Group, Memory, Problem, Setting, Shape
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class Concat(OpBase):
    """The channels one after another: C = C₀ + C₁ + ..., the positions as they are.

    Szegedy et al. 2014, "Going deeper with convolutions", section 4.
    """

    NAME: ClassVar[str] = "concat"
    GROUP: ClassVar[Group] = "join"
    ARITY: ClassVar[tuple[int, int | None]] = (2, None)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        first = inputs[0]
        other = next((x for x in inputs if x[1:] != first[1:]), None)
        if other is not None:
            yield Problem(
                None,
                f"concat needs equal spatial sizes, but gets {list(first)} and {list(other)}",
                "crop: {like: NAME} cuts the larger to the size of the other",
            )

    def shape(self, *inputs: Shape) -> Shape:
        return (sum(x[0] for x in inputs), *inputs[0][1:])

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        alike = all(at.input(inputs, i).suggests_channels_last for i in range(1, len(at.layouts)))
        return Memory(layout=_layout.image(inputs, output, at) if alike else None)

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from convcost.nn.joins import Concat as ConcatModule

        return ConcatModule()

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # GoogLeNet 3a: 64 + 128 + 32 + 32 = 256
            Case(
                op=cls(),
                inputs=((64, 28, 28), (128, 28, 28), (32, 28, 28), (32, 28, 28)),
                output=(256, 28, 28),
                cost=Cost(),
            ),
        )


OPS = (Concat,)
