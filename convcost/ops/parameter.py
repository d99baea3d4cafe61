"""A tensor that the network owns: learned, or fixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import WEIGHTS, Group, Memory, Problem, Setting, Shape, layout_of
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import integers
from convcost.strides import Strided, usual

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_AXES = 6


@dataclass(frozen=True, kw_only=True, init=False)
class _Owned(OpBase):
    """Base: a tensor that reads nothing and is the same for every sample of a batch."""

    GROUP: ClassVar[Group] = "weights"
    ARITY: ClassVar[tuple[int, int | None]] = (0, 0)

    sizes: tuple[int, ...] = integers("channels, then sizes", ge=1, name="shape")

    def __init__(self, *, shape: tuple[int, ...]) -> None:
        """Take the field by its name in the spec, which is that of a method."""
        object.__setattr__(self, "sizes", shape)

    def check(self, *inputs: Shape) -> Iterator[Problem]:
        del inputs
        if not 1 <= len(self.sizes) <= _MOST_AXES:
            yield Problem("shape", f"a shape has 1 to {_MOST_AXES} axes, not {len(self.sizes)}")

    def shape(self, *inputs: Shape) -> Shape:
        del inputs
        return self.sizes

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        """The weight itself, read again for every sample."""
        del inputs
        sizes = at.sizes(output)
        strides = (0 if at.batch > 1 else usual(sizes).strides[0], *usual(sizes).strides[1:])
        return Memory(holder=WEIGHTS, layout=layout_of(Strided(sizes, strides)))

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        del inputs
        return False


class Parameter(_Owned):
    """A learned tensor, such as a class token or the embeddings of positions.

    Dosovitskiy et al. 2020, "An image is worth 16x16 words", equation 1.
    """

    NAME = "parameter"

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs
        return Cost(params=prod(output))

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from convcost.nn.owned import Parameter as ParameterModule

        return ParameterModule(self.sizes)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        # ViT-B/16: 197 positions of 768 channels
        return (Case(op=cls(shape=(197, 768)), inputs=(), output=(197, 768), cost=Cost(params=151_296)),)


class Constant(_Owned):
    """A fixed tensor, such as the kernel of a blur or a mask.

    PyTorch's documentation, ``Module.register_buffer``.
    """

    NAME = "constant"

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs
        return Cost(buffers=prod(output))

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from convcost.nn.owned import Constant as ConstantModule

        return ConstantModule(self.sizes)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        # 3 · 3 · 3 = 27
        return (Case(op=cls(shape=(3, 3, 3)), inputs=(), output=(3, 3, 3), cost=Cost(buffers=27)),)


OPS = (Parameter, Constant)
