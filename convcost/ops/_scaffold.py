"""A new op's file to start from: complete and right, for the square of each element."""

from __future__ import annotations

TEMPLATE = '''"""The square of each element."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import Memory, Setting, Shape
from convcost.ops._base import Case, OpBase
from convcost.ops._layout import pointwise


@dataclass(frozen=True, kw_only=True)
class CLASS(OpBase):
    """Element by element: y = x · x.

    Name the source here: paper, section, equation.
    """

    NAME: ClassVar[str] = "OP"

    # Fields come next, for example:  out: int = count("output channels")
    # problems() says what makes it invalid; shape() is the first input's unless it is given.

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs
        return Cost(multiplied=prod(output))

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        layout = pointwise(inputs, output, at)
        return Memory(saves=(0,), layout=layout)  # the derivative, 2 · x, needs the input

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        del inputs
        return False

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from torch import Tensor, nn

        # The class stands alone, as exported source contains it.
        class CLASS(nn.Module):  # type: ignore[misc]  # torch is untyped here
            """The square of each element."""

            def forward(self, x: Tensor) -> Tensor:
                """Return the square."""
                return x * x

        return CLASS()

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        shape = (3, 4, 5)  # 3 · 4 · 5 = 60 elements, one multiplication each
        return (Case(op=cls(), inputs=(shape,), output=shape, cost=Cost(multiplied=60)),)


OPS = (CLASS,)
'''


def scaffold(name: str) -> str:
    """Return the text of ``NAME.py`` for a new op, which passes every op's tests as it stands."""
    title = "".join(word.capitalize() for word in name.split("_"))
    return TEMPLATE.replace("CLASS", title).replace('"OP"', f'"{name}"')
