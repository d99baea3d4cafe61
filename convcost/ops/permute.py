"""The axes in another order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.ir import Group, Memory, Problem, Setting, Shape, layout_of
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import integers

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class Permute(OpBase):
    """A view in which axis i is the input's axis order[i]; 0 is the channels; the batch is not counted.

    PyTorch's documentation, ``torch.permute``.
    """

    NAME: ClassVar[str] = "permute"
    GROUP: ClassVar[Group] = "view"

    order: tuple[int, ...] = integers("the input's axes in their new order, 0 the channels", ge=0)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        rank = len(inputs[0])
        if sorted(self.order) != list(range(rank)):
            yield Problem(
                "order",
                f"the order of {list(inputs[0])} names each of its axes 0 to {rank - 1} once, "
                f"but it is {list(self.order)}",
            )

    def shape(self, *inputs: Shape) -> Shape:
        return tuple(inputs[0][axis] for axis in self.order)

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        del output
        axes = (0, *(axis + 1 for axis in self.order))
        return Memory(view_of=0, layout=layout_of(at.input(inputs).permuted(axes)))

    def axes(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int | None, ...]:
        del inputs, output
        return self.order

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        del inputs
        return False

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from convcost.nn.layout import Permute as PermuteModule

        return PermuteModule(self.order)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # channels last, and back
            Case(op=cls(order=(1, 2, 0)), inputs=((96, 56, 48),), output=(56, 48, 96), cost=Cost()),
            Case(op=cls(order=(2, 0, 1)), inputs=((56, 48, 96),), output=(96, 56, 48), cost=Cost()),
        )


OPS = (Permute,)
