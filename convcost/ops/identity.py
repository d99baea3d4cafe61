"""The layer that changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from convcost.cost import Cost
from convcost.ir import Group, Memory, Setting, Shape
from convcost.ops._base import Case, OpBase


@dataclass(frozen=True, kw_only=True)
class Identity(OpBase):
    """The input itself: y = x; a name for a tensor, free of cost.

    PyTorch's documentation, ``torch.nn.Identity``.
    """

    NAME: ClassVar[str] = "identity"
    GROUP: ClassVar[Group] = "view"

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        del inputs, output
        return Memory(view_of=0, layout=at.layouts[0])

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        del inputs
        return False

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from torch import nn

        return nn.Identity()

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (Case(op=cls(), inputs=((3, 8, 8),), output=(3, 8, 8), cost=Cost()),)  # an alias: nothing


OPS = (Identity,)
