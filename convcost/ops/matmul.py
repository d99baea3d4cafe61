"""The matrix product of two tensors, over their last two axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import prod
from convcost.ir import Bytes, Memory, Problem, Setting, Shape
from convcost.ops._base import Case, OpBase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.strides import Strided

TENSORS = 2


@dataclass(frozen=True, kw_only=True)
class MatMul(OpBase):
    """... × n × m times ... × m × p gives ... × n × p; macs = ... · n · m · p.

    The affinities of Wang et al. 2018, "Non-local neural networks", section 3.3; PyTorch's
    ``torch.matmul`` without its broadcasting.
    """

    NAME: ClassVar[str] = "matmul"
    DIMS: ClassVar[tuple[int, ...]] = (1, 2, 3)
    ARITY: ClassVar[tuple[int, int | None]] = (TENSORS, TENSORS)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        a, b = inputs
        shapes = f"{list(a)} and {list(b)}"
        if a[:-2] != b[:-2] or len(a) != len(b):
            yield Problem(None, f"matmul needs equal axes before the last two, but gets {shapes}")
        elif a[-1] != b[-2]:
            hint = "permute the second" if a[-1] == b[-1] else "permute the first" if a[-2] == b[-2] else None
            yield Problem(
                None,
                f"matmul needs as many columns in the first as rows in the second, but gets {shapes}: "
                f"{a[-1]} and {b[-2]}",
                hint,
            )

    def shape(self, *inputs: Shape) -> Shape:
        a, b = inputs
        return (*a[:-1], b[-1])

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        return Cost(macs=prod(output) * inputs[0][-1])

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        del output
        partners = tuple(reversed(at.wants_grad))  # each input's gradient is a product with the other
        copies = [self._copy(at.input(inputs, place)) * at.element for place in range(TENSORS)]
        kept = sum(copy for copy, wanted in zip(copies, partners, strict=True) if wanted)
        saves = tuple(i for i, copy in enumerate(copies) if partners[i] and not copy)
        return Memory(saves=saves, kept=Bytes(0, kept), temporary=Bytes(0, sum(copies)))

    def _copy(self, x: Strided) -> int:
        """Return the elements per sample that torch copies so that the matrices lie in one row."""
        stacked = x.viewed((prod(x.sizes[:-2]), *x.sizes[-2:]))
        return 0 if stacked else prod(x.sizes[1:])

    def axes(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int | None, ...]:
        del inputs
        return (*range(len(output) - 2), None, None)

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        del inputs
        return False  # what axes() leaves out is mixed anyhow

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from convcost.nn.layout import MatMul as MatMulModule

        return MatMulModule()

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        return (
            # a non-local block's affinities of 14·14 positions: 196 · 196 · 256
            Case(
                op=cls(),
                inputs=((196, 256), (256, 196)),
                output=(196, 196),
                cost=Cost(macs=9_834_496),
            ),
            # 4 heads: 4 · 49 · 8 · 49
            Case(
                op=cls(),
                inputs=((4, 49, 8), (4, 8, 49)),
                output=(4, 49, 49),
                cost=Cost(macs=76_832),
            ),
        )


OPS = (MatMul,)
