"""The product of tensors: equal shapes, or gates with one value for many positions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import accumulate, combinations
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import maximum, prod
from convcost.ir import Bytes, Group, Memory, Problem, Setting, Shape
from convcost.ops import _layout
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import flag

if TYPE_CHECKING:
    from collections.abc import Iterator


def broadcast(a: Shape, b: Shape) -> Shape:
    """Return the shape two tensors of equal rank are stretched to, 1 giving way."""
    return tuple(map(maximum, a, b))


@dataclass(frozen=True, kw_only=True)
class Mul(OpBase):
    """Element by element: y = x₀ · x₁ · ...; an axis of size 1 is repeated along the others'.

    Hu et al. 2017, "Squeeze-and-excitation networks", equation 4.
    """

    NAME: ClassVar[str] = "mul"
    GROUP: ClassVar[Group] = "gate"
    ARITY: ClassVar[tuple[int, int | None]] = (2, None)

    inplace: bool = flag("overwrite the first input", default=False)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        first = inputs[0]
        other = next((x for x in inputs[1:] if len(x) != len(first)), None)
        if other is not None:
            hint = "keep the gate's spatial dims: leave out the flatten"
            yield Problem(None, f"mul needs equal ranks, but gets {list(first)} and {list(other)}", hint)
            return
        output = self.shape(*inputs)
        clash = next((pair for pair in combinations(inputs, 2) if not agree(*pair)), None)
        if clash is not None:
            a, b = map(list, clash)
            yield Problem(None, f"mul needs sizes that agree or are 1, but gets {a} and {b}")
        elif self.inplace and output != first:
            yield Problem(
                "inplace",
                f"in place would write {list(output)} over {list(first)}",
                "name the larger tensor first",
            )

    def shape(self, *inputs: Shape) -> Shape:
        return reduce(broadcast, inputs)

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del output
        return Cost(multiplied=sum(_partial_elements(inputs)))

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        wants = at.wants_grad
        partials = _partial_elements(inputs)
        # x0 is kept for x1's gradient, every other input for the product of those before it
        saves = [i for i in range(1, len(inputs)) if any(wants[:i])]
        if self.inplace:
            clones = sum(prod(output) for wanted in wants[1:] if wanted)
            kept = Bytes(0, clones * at.element)
            return Memory(view_of=0, writes=True, saves=tuple(saves), kept=kept, layout=at.layouts[0])
        kept = Bytes(0, at.element * sum(n for n, w in zip(partials, wants[2:], strict=False) if w))
        temporary = Bytes(0, at.element * sum(partials[-2:-1]))
        if wants[1]:
            saves.insert(0, 0)
        layout = _layout.product(inputs, at)
        return Memory(saves=tuple(saves), kept=kept, temporary=temporary, layout=layout)

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from convcost.nn.joins import Mul as MulModule

        return MulModule(inplace=bool(self.inplace))

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        x = (64, 56, 56)
        return (
            # a squeeze-and-excitation gate: 64 · 56 · 56 = 200,704 products
            Case(op=cls(), inputs=(x, (64, 1, 1)), output=x, cost=Cost(multiplied=200_704)),
            # the gates first: 64 products, then 200,704
            Case(
                op=cls(),
                inputs=((64, 1, 1), (64, 1, 1), x),
                output=x,
                cost=Cost(multiplied=200_768),
            ),
        )


def agree(a: Shape, b: Shape) -> bool:
    """Return whether sizes agree, or are 1 and stretched."""
    return all(n == m or 1 in (n, m) for n, m in zip(a, b, strict=True))


def _partial_elements(inputs: tuple[Shape, ...]) -> list[int]:
    """Return the elements of x0·x1, of x0·x1·x2, and so on."""
    return [prod(shape) for shape in accumulate(inputs, broadcast)][1:]


OPS = (Mul,)
