"""The network's input as a node: a tensor the caller makes and holds. ``inputs:`` of a spec, not a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from convcost.cost import Cost
from convcost.ir import CALLER, Group, Memory, Setting, Shape
from convcost.ops._base import OpBase
from convcost.ops._fields import integers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.ir import Problem


@dataclass(frozen=True, kw_only=True)
class Input(OpBase):
    """A tensor of ``size``, channels first, that enters the network; it costs nothing."""

    NAME: ClassVar[str] = "input"
    GROUP: ClassVar[Group] = "input"
    ARITY: ClassVar[tuple[int, int | None]] = (0, 0)

    size: tuple[int, ...] = integers("channels, then spatial sizes", ge=1)

    def check(self, *inputs: Shape) -> Iterator[Problem]:
        del inputs
        yield from ()

    def shape(self, *inputs: Shape) -> Shape:
        del inputs
        return self.size

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        del inputs, output
        return Cost()

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        del inputs, output, at
        return Memory(holder=CALLER)
