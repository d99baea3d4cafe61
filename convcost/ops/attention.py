"""Scaled dot-product attention over rows of positions, in heads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import maximum, prod
from convcost.ir import OUTPUT, Bytes, Memory, Problem, Setting, Shape
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count

if TYPE_CHECKING:
    from collections.abc import Iterator

TENSORS = 3
LEAST_SUM_BYTES = 4  # the kernel sums in float32 at least


@dataclass(frozen=True, kw_only=True)
class Attention(OpBase):
    """Queries N × C, keys and values M × C: softmax(Q·Kᵀ / √d)·V per head of d = C/heads columns.

    macs = 2 · N · M · C. Vaswani et al. 2017, "Attention is all you need", equation 1. The
    scores are never held as a whole: memory is that of torch's fused CPU kernel, which keeps
    one log-sum-exp per head and query; CUDA's kernels pad those and are not covered.
    """

    NAME: ClassVar[str] = "attention"
    DIMS: ClassVar[tuple[int, ...]] = (1,)
    ARITY: ClassVar[tuple[int, int | None]] = (TENSORS, TENSORS)
    NEEDS_CONTIGUOUS: ClassVar[bool] = True

    heads: int = count("parts of the columns that attend apart", default=1)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        q, k, v = inputs
        met = f"{list(q)}, {list(k)} and {list(v)}"
        if any(len(x) != len(q) for x in inputs):
            yield Problem(None, f"attention needs queries, keys and values of rows × columns, but gets {met}")
        elif k != v or q[1] != k[1]:
            yield Problem(
                None,
                f"attention needs keys and values of one shape, and queries as wide, but gets {met}",
                "permute: {order: [1, 0]} turns channels × positions into rows",
            )
        elif q[1] % self.heads:
            yield Problem("heads", f"{self.heads} heads do not divide the {q[1]} columns of {list(q)}")

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        keys = inputs[1][0]
        scores = self.heads * output[0] * keys
        return Cost(macs=2 * prod(output) * keys, activated=scores, multiplied=scores)

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        del inputs
        sums = Bytes(0, self.heads * output[0] * maximum(at.element, LEAST_SUM_BYTES))
        return Memory(saves=(0, 1, 2, OUTPUT), kept=sums, temporary=sums)

    def axes(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int | None, ...]:
        del inputs
        return (None,) * len(output)

    def to_torch(self, *inputs: Shape) -> Any:
        del inputs
        from convcost.nn.layout import Attention as AttentionModule

        return AttentionModule(self.heads)

    @classmethod
    def cases(cls) -> tuple[Case, ...]:
        rows = (196, 64)
        return (
            # 14·14 positions, 4 heads of 16: 2 · 196 · 196 · 64; 4 · 196 · 196 scores
            Case(
                op=cls(heads=4),
                inputs=(rows, rows, rows),
                output=rows,
                cost=Cost(macs=4_917_248, activated=153_664, multiplied=153_664),
            ),
        )


OPS = (Attention,)
