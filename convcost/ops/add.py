"""The sum of tensors of one shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import Group, Memory, Problem, Setting, Shape
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import flag

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, kw_only=True)
class Add(OpBase):
    """Element by element: y = x₀ + x₁ + ...; n - 1 additions per element.

    He et al. 2015, "Deep residual learning", equation 1.
    """

    NAME: ClassVar[str] = "add"
    GROUP: ClassVar[Group] = "join"
    ARITY: ClassVar[tuple[int, int | None]] = (2, None)

    inplace: bool = flag("overwrite the first input", default=False)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        other = next((x for x in inputs if x != inputs[0]), None)
        if other is not None:
            yield Problem(
                None,
                f"add needs equal shapes, but gets {list(inputs[0])} and {list(other)}",
                projection_hint(inputs[0], other),
            )

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        return Cost(added=prod(output) * (len(inputs) - 1))

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        if self.inplace:
            return Memory(view_of=0, writes=True, layout=at.layouts[0])
        return Memory(layout=_layout.pointwise(inputs, output, at))

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from convcost.nn.joins import Add as AddModule

        return AddModule(inplace=bool(self.inplace))

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        x = (256, 56, 56)
        return (
            # a residual's sum: 256 · 56 · 56 = 802,816 additions; of three tensors twice as many
            Case(op=cls(), inputs=(x, x), output=x, cost=Cost(added=802_816)),
            Case(op=cls(), inputs=(x, x, x), output=x, cost=Cost(added=1_605_632)),
        )


def projection_hint(x: Shape, other: Shape) -> str | None:
    """Return what helps where two images do not add: what cannot is not proposed."""
    if len(x) != len(other) or len(x) == 1:
        return None
    large, small = (x, other) if x[1:] >= other[1:] else (other, x)
    sizes = tuple(zip(large[1:], small[1:], strict=True))
    if any(n != m and abs(n - m) <= m // 4 for n, m in sizes):
        return "padding: half keeps the size of a convolution with an odd kernel"
    stride = (sizes[0][0] - 1) // sizes[0][1] + 1
    if any((n - 1) // stride + 1 != m for n, m in sizes):
        return None
    strided = f", stride: {stride}" if stride > 1 else ""
    return f"conv: {{out: {small[0]}, kernel: 1{strided}}} brings {list(large)} to {list(small)}"


OPS = (Add,)
