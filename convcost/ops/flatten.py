"""Channels and positions become one axis."""

from __future__ import annotations

from typing import Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import Group, Memory, Setting, Shape
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase


class Flatten(OpBase):
    """One vector of all elements: C × positions -> C · positions; a view.

    PyTorch's documentation, ``torch.nn.Flatten``; row-major order.
    """

    NAME: ClassVar[str] = "flatten"
    GROUP: ClassVar[Group] = "view"
    KEEPS_ORDER: ClassVar[bool] = True

    def shape(self, *inputs: Shape) -> Shape:
        return (prod(inputs[0]),)

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        if len(inputs[0]) == 1:
            return Memory(view_of=0, layout=at.layouts[0])
        return _layout.reshaped(inputs, output, at)

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from torch import nn

        return nn.Flatten()

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        # VGG's: 512 · 7 · 7 = 25,088
        return (Case(op=cls(), inputs=((512, 7, 7),), output=(25_088,), cost=Cost()),)


OPS = (Flatten,)
