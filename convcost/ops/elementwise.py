"""Arithmetic on each element: with a number, with another tensor, or by a function of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import OUTPUT, Bytes, Memory, Problem, Setting, Shape, layout_of
from convcost.ops import _layout
from convcost.ops._base import ANY_RANK, Case, OpBase
from convcost.ops._fields import flag, number, word
from convcost.ops.mul import agree, broadcast
from convcost.strides import SCALAR, elementwise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.ir import Layout

BINARY = ("add", "sub", "mul", "div", "pow", "maximum", "minimum")
UNARY = ("neg", "abs", "sqrt", "rsqrt", "exp", "log", "square", "reciprocal", "sin", "cos")
_COUNTED_AS = {"add": "added", "sub": "added", "mul": "multiplied", "div": "multiplied"}
_KEEPS_OUTPUT = ("sqrt", "rsqrt", "exp", "reciprocal")
_KEEPS_NOTHING = ("neg", "add", "sub")


@dataclass(frozen=True, kw_only=True)
class Elementwise(OpBase):
    """Element by element: y = f(x), f(x, value) or f(x₀, x₁), an axis of size 1 being repeated.

    The functions are torch's of the same names: PyTorch's documentation, "Pointwise ops".
    """

    NAME: ClassVar[str] = "elementwise"
    DIMS: ClassVar[tuple[int, ...]] = ANY_RANK
    ARITY: ClassVar[tuple[int, int | None]] = (1, 2)

    function: str = word("what is computed", (*BINARY, *UNARY))
    value: Any = number("the second operand, where that is a number", default=None)
    reverse: bool = flag("the number is the first operand: value - x, value / x", default=False)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        operands = len(inputs) + (self.value is not None)
        wanted = 1 if self.function in UNARY else 2
        if operands != wanted:
            what = "one tensor alone" if wanted == 1 else "two tensors, or one and a value"
            yield Problem("function", f"{self.function} takes {what}")
        elif self.reverse and (self.value is None or self.function in ("maximum", "minimum")):
            yield Problem("reverse", "reverse puts a value before the tensor, where the order matters")
        elif self.value is not None and self.function in ("maximum", "minimum"):
            yield Problem("value", f"{self.function} takes two tensors", "clamp takes numbers")
        elif len({len(x) for x in inputs}) > 1:
            yield Problem(
                None,
                f"{self.function} needs equal ranks, but gets {' and '.join(map(str, map(list, inputs)))}",
            )
        elif len(inputs) > 1 and not agree(*inputs):
            a, b = map(list, inputs)
            yield Problem(None, f"{self.function} needs sizes that agree or are 1, but gets {a} and {b}")

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0] if len(inputs) == 1 else broadcast(*inputs)

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs
        return Cost(**{_COUNTED_AS.get(self.function, "activated"): prod(output)})

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        layout = self._layout(inputs, output, at)
        if self.function == "div" and self.reverse:  # the reciprocal first, then times the value
            inverse = Bytes(0, prod(output) * at.element)
            return Memory(kept=inverse, temporary=inverse, layout=layout)
        return Memory(saves=self._saves(at.wants_grad), layout=layout)

    def _saves(self, wants: tuple[bool, ...]) -> tuple[int, ...]:
        if self.function in _KEEPS_NOTHING:
            return ()
        if self.function in _KEEPS_OUTPUT:
            return (OUTPUT,)
        if self.function in ("mul", "div"):
            return self._factors(wants)
        both = tuple(range(len(wants)))
        exponent_varies = len(wants) > 1 or self.reverse
        return (*both, OUTPUT) if self.function == "pow" and exponent_varies else both

    def _factors(self, wants: tuple[bool, ...]) -> tuple[int, ...]:
        """Return the operands a product's or quotient's gradients need: each the other's."""
        if self.value is not None:
            return ()
        divides = self.function == "div"
        second = wants[0] or (divides and wants[1])
        return (0,) * wants[1] + (1,) * second

    def _layout(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Layout:
        if at.plain or self.value is None:
            return _layout.pointwise(inputs, output, at)
        return layout_of(elementwise(at.sizes(output), at.input(inputs), SCALAR))

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        del inputs
        return False

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from convcost.nn.arithmetic import Elementwise as ElementwiseModule

        value = None if self.value is None else float(self.value)
        return ElementwiseModule(self.function, value, reverse=self.reverse)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        x = (3, 4, 5)  # 60 elements
        return (
            # a hard swish's division by 6: 60 of them
            Case(op=cls(function="div", value=6), inputs=(x,), output=x, cost=Cost(multiplied=60)),
            # a bias per channel: 60 additions
            Case(op=cls(function="add"), inputs=(x, (3, 1, 1)), output=x, cost=Cost(added=60)),
            # 60 roots
            Case(op=cls(function="sqrt"), inputs=(x,), output=x, cost=Cost(activated=60)),
        )


@dataclass(frozen=True, kw_only=True)
class Clamp(OpBase):
    """Element by element: y = min(max(x, low), high).

    PyTorch's documentation, ``torch.clamp``.
    """

    NAME: ClassVar[str] = "clamp"
    DIMS: ClassVar[tuple[int, ...]] = ANY_RANK

    low: Any = number("the least value", default=None)
    high: Any = number("the greatest value", default=None)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        del inputs
        if self.low is None and self.high is None:
            yield Problem(None, "clamp needs low:, high: or both")

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs
        return Cost(activated=prod(output))

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        return Memory(saves=(0,), layout=_layout.pointwise(inputs, output, at))

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        del inputs
        return False

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from convcost.nn.arithmetic import Clamp as ClampModule

        return ClampModule(*(None if n is None else float(n) for n in (self.low, self.high)))

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        x = (3, 4, 5)  # 60 elements
        return (Case(op=cls(low=0, high=6), inputs=(x,), output=x, cost=Cost(activated=60)),)


OPS = (Elementwise, Clamp)
