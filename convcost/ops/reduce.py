"""Sums, means and the like over chosen axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import OUTPUT, Memory, Problem, Setting, Shape
from convcost.ops._axes import axis_problem, resolved
from convcost.ops._base import ANY_RANK, Case, OpBase
from convcost.ops._fields import flag, integers, word

if TYPE_CHECKING:
    from collections.abc import Iterator

_SAVES: dict[str, tuple[int, ...]] = {
    "sum": (),
    "mean": (),
    "max": (0, OUTPUT),
    "min": (0, OUTPUT),
    "norm": (0, OUTPUT),
    "var": (0,),
    "std": (0, OUTPUT),
}


@dataclass(frozen=True, kw_only=True, init=False)
class Reduce(OpBase):
    """One value for all elements along the axes: their sum, mean, largest, smallest, length or spread.

    PyTorch's documentation, "Reduction ops"; ``norm`` is the square root of the sum of squares.
    """

    NAME: ClassVar[str] = "reduce"
    DIMS: ClassVar[tuple[int, ...]] = ANY_RANK

    function: str = word("what is computed", tuple(_SAVES))
    along: tuple[int, ...] = integers("the axes that are reduced, 0 the channels", ge=None, name="axes")
    keep: bool = flag("keep the axes, with size 1", default=False)

    def __init__(self, *, function: str, axes: tuple[int, ...], keep: bool = False) -> None:
        """Take ``axes`` by its name in the spec, which is that of a method."""
        for name, value in (("function", function), ("along", axes), ("keep", keep)):
            object.__setattr__(self, name, value)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        (x,) = inputs
        yield from axis_problem("axes", self.along, x)
        values = prod([x[axis] for axis in self.along if -len(x) <= axis < len(x)])
        if values == 1 and self.function in ("var", "std"):
            yield Problem("function", f"the {self.function} of one value does not exist")
        if self._all_of(x) and not self.keep:
            yield Problem("axes", f"reducing all axes of {list(x)} leaves none", "keep: true keeps them")

    def _all_of(self, x: Shape) -> bool:
        return len({axis % len(x) for axis in self.along}) == len(x)

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        gone = resolved(self.along, x)
        return tuple(1 if axis in gone else n for axis, n in enumerate(x) if self.keep or axis not in gone)

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del output
        if self.function in ("var", "std"):
            return Cost(statistics=prod(inputs[0]))
        return Cost(pooled=prod(inputs[0]))

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        del inputs, output, at
        return Memory(saves=_SAVES[self.function])

    def axes(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int | None, ...]:
        del output
        gone = resolved(self.along, inputs[0])
        every = range(len(inputs[0]))
        return tuple(None if axis in gone else axis for axis in every if self.keep or axis not in gone)

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        return 0 in resolved(self.along, inputs[0])

    def to_torch(self, *inputs: Shape) -> Any:
        from convcost.nn.arithmetic import Reduce as ReduceModule

        axes = tuple(axis + 1 for axis in resolved(self.along, inputs[0]))
        return ReduceModule(self.function, axes, keep=self.keep)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        x = (64, 7, 7)  # 3,136 elements
        return (
            # a global average pool without its spatial dims
            Case(op=cls(function="mean", axes=(1, 2)), inputs=(x,), output=(64,), cost=Cost(pooled=3_136)),
            Case(
                op=cls(function="var", axes=(0,), keep=True),
                inputs=(x,),
                output=(1, 7, 7),
                cost=Cost(statistics=3_136),
            ),
        )


OPS = (Reduce,)
