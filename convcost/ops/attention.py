"""Scaled dot-product attention over rows of positions, in heads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from convcost.cost import Cost
from convcost.exact import maximum, prod
from convcost.ir import OUTPUT, Bytes, Memory, Problem, Setting, Shape, layout_of
from convcost.ops._base import Case, OpBase
from convcost.ops._fields import count
from convcost.strides import SCALAR, Strided, elementwise, like, usual

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

    heads: int = count("parts of the columns, each attending on its own", default=1)

    def problems(self, *inputs: Shape) -> Iterator[Problem]:
        q, k, v = inputs
        met = f"{list(q)}, {list(k)} and {list(v)}"
        if any(len(x) != len(q) for x in inputs):
            yield Problem(None, f"attention needs queries, keys and values of rows × columns, but gets {met}")
        elif k != v or q[1] != k[1]:
            yield Problem(
                None,
                f"attention needs keys and values of one shape, and queries of the same width, but gets {met}",
                "permute: {order: [1, 0]} turns channels × positions into rows",
            )
        elif q[1] % self.heads:
            yield Problem("heads", f"{self.heads} heads do not divide the {q[1]} columns of {list(q)}")

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        keys = inputs[1][0]
        scores = self.heads * output[0] * keys
        return Cost(macs=2 * prod(output) * keys, activated=scores, multiplied=scores)

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        tensors = [self._heads(at.input(inputs, place)) for place in range(TENSORS)]
        if any(x.strides[-1] != 1 for x in tensors):
            return self._unfused(tensors, output, at)
        sums = self.heads * output[0] * maximum(at.element, LEAST_SUM_BYTES)
        rows = like(tensors[0]).permuted((0, 2, 1, 3)).viewed(at.sizes(output))
        copied = prod(output) * at.element * (rows is None)  # the heads, when they are put together
        return Memory(
            saves=(0, 1, 2) if copied else (0, 1, 2, OUTPUT),
            kept=Bytes(0, sums + copied),
            temporary=Bytes(0, maximum(sums, copied)),
            layout=layout_of(rows) if rows else None,
        )

    def _heads(self, x: Strided) -> Strided:
        """Return batch × rows × columns as batch × heads × rows × columns."""
        batch, rows, columns = x.sizes
        parts = x.viewed((batch, rows, self.heads, columns // self.heads))
        return (parts or usual((batch, rows, self.heads, columns // self.heads))).permuted((0, 2, 1, 3))

    def _unfused(self, tensors: list[Strided], output: Shape, at: Setting) -> Memory:
        """Follow torch's steps where columns do not lie side by side, as its kernel needs them.

        Below float32 the inputs are converted; then queries and keys are scaled, multiplied to
        scores, and values weighed by their softmax. Matrices of several heads that do not lie
        in one row are copied first; so is the result.
        """
        exact = maximum(at.element, LEAST_SUM_BYTES)
        converts = at.element != exact
        q, k, v = map(like, tensors) if converts else tensors
        q, k = (elementwise(x.sizes, x, SCALAR) for x in (q, k.permuted((0, 1, 3, 2))))
        queries, keys, values = (prod(x.sizes[1:]) * exact for x in (q, k, v))
        copies = [_copied(x) * exact for x in (q, k, v)]
        scores = self.heads * output[0] * v.sizes[2] * exact
        result = prod(output) * at.element
        rows = usual(q.sizes).permuted((0, 2, 1, 3)).viewed(at.sizes(output))
        held = queries + converts * (queries + keys + values)
        lowered = scores * at.element // exact * converts
        weighed = prod(output) * exact + max(copies[2], result * converts)
        most = max(
            held + keys + copies[0] + copies[1] + scores,
            held + 2 * scores,
            held + scores + lowered + weighed,
            2 * result * (rows is None),
        )
        kept, saves = self._kept(at, (queries, keys, scores, copies[2] or values * converts))
        return Memory(
            saves=saves,
            kept=Bytes(0, kept),
            temporary=Bytes(0, most - result),
            layout=layout_of(rows) if rows else None,
        )

    def _kept(self, at: Setting, sizes: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
        """Return the bytes autograd keeps of the steps, and the inputs: each product's other factor."""
        queries, keys, scores, values = sizes
        q, k, v = at.wants_grad
        attended = q or k
        kept = queries * k + keys * q + scores * (attended or v) + values * attended
        return kept, (2,) if attended and not values else ()

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


def _copied(x: Strided) -> int:
    """Return the elements per sample that torch copies so that the matrices lie in one row."""
    row = x.viewed((prod(x.sizes[:-2]), *x.sizes[-2:]))
    return prod(x.sizes[1:]) * (row is None)


OPS = (Attention,)
