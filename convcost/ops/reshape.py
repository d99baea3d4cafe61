"""The same elements in another shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import Group, Memory, Problem, Setting, Shape
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import integers

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_AXES = 6
INFERRED = -1


@dataclass(frozen=True, kw_only=True, init=False)
class Reshape(OpBase):
    """A view of the elements, in their row-major order, under other axes; the batch is not counted.

    PyTorch's documentation, ``torch.reshape``.
    """

    NAME: ClassVar[str] = "reshape"
    GROUP: ClassVar[Group] = "view"
    KEEPS_ORDER: ClassVar[bool] = True

    sizes: tuple[int, ...] = integers("channels, then sizes; one -1 takes what is left", ge=-1, name="shape")

    def __init__(self, *, shape: tuple[int, ...]) -> None:
        """Take the field by its name in the spec, which is that of a method."""
        object.__setattr__(self, "sizes", shape)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        x, asked = inputs[0], list(self.sizes)
        elements, known = prod(x), prod(n for n in asked if n != INFERRED)
        if not 1 <= len(asked) <= MOST_AXES:
            yield Problem("shape", f"a shape has 1 to {MOST_AXES} axes, but {asked} has {len(asked)}")
        elif asked.count(INFERRED) > 1:
            yield Problem("shape", f"only one size can be -1, but {asked} leaves several open")
        elif known < 1:
            yield Problem("shape", f"sizes are at least 1, or one of them -1, but the shape is {asked}")
        elif known != elements and (INFERRED not in asked or elements % known):
            verb = "do not divide" if INFERRED in asked else "are not"
            yield Problem(
                "shape", f"{list(x)} cannot become {asked}: {known} elements {verb} the {elements} there are"
            )

    def shape(self, *inputs: Shape) -> Shape:
        left = prod(inputs[0]) // prod(n for n in self.sizes if n != INFERRED)
        return tuple(left if n == INFERRED else n for n in self.sizes)

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        return _layout.reshaped(inputs, output, at)

    def to_torch(self, *inputs: Shape) -> Any:
        from convcost.nn.layout import Reshape as ReshapeModule

        return ReshapeModule(self.shape(*inputs))

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # a non-local block's rows: 14 · 14 = 196 positions
            Case(op=cls(shape=(512, -1)), inputs=((512, 14, 14),), output=(512, 196), cost=Cost()),
            # 4 heads of 8 channels over the same positions
            Case(op=cls(shape=(4, 8, 49)), inputs=((32, 7, 7),), output=(4, 8, 49), cost=Cost()),
        )


OPS = (Reshape,)
