"""How a tensor lies in its storage, and how torch's kernels choose where their results lie.

Sizes and strides have the batch first; strides are in elements. An axis of size 1 has a stride
that no element needs, but the kernels look at it, so it is followed like any other. The rules
are those of ATen (torch 2.13); each function names its own there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

Ints = tuple[int, ...]

IMAGES = 4
VOLUMES = 5
"""Ranks, batch and channels included, that torch knows a channels-last order for."""


class Strided(NamedTuple):
    """A tensor's sizes and strides."""

    sizes: Ints
    strides: Ints

    @property
    def contiguous(self) -> bool:
        """Whether the elements lie in their usual order without gaps (``is_contiguous``)."""
        return _lie_as(self.sizes, self.strides, range(len(self.sizes) - 1, -1, -1))

    @property
    def channels_last(self) -> bool:
        """Whether they lie channels-last without gaps (``is_contiguous(channels_last)``, or ``_3d``)."""
        rank = len(self.sizes)
        return rank in (IMAGES, VOLUMES) and _lie_as(self.sizes, self.strides, _channels_last(rank))

    @property
    def dense(self) -> bool:
        """Whether they fill one run of memory in some order (``is_non_overlapping_and_dense``)."""
        return _lie_as(self.sizes, self.strides, _by_stride(self))

    @property
    def suggests_channels_last(self) -> bool:
        """Whether kernels take it for channels-last (``suggest_memory_format``).

        Sizes of 1 make this ambiguous, and then an order is preferred as the strides have it.
        """
        sizes, strides = self
        if len(sizes) not in (IMAGES, VOLUMES) or strides[1] == 0:
            return False
        least = 0
        for axis in _channels_last(len(sizes)):
            if strides[axis] < least or (axis == 0 and least == strides[1]):
                return False
            least = strides[axis] * max(sizes[axis], 1)
        return True

    def unsqueezed(self, axis: int) -> Strided:
        """Return it with a new axis of size 1 before ``axis`` (``unsqueeze``)."""
        sizes, strides = self
        step = sizes[axis] * strides[axis] if axis < len(sizes) else 1
        return Strided((*sizes[:axis], 1, *sizes[axis:]), (*strides[:axis], step, *strides[axis:]))

    def squeezed(self, axis: int) -> Strided:
        """Return it without an axis of size 1."""
        sizes, strides = self
        return Strided(sizes[:axis] + sizes[axis + 1 :], strides[:axis] + strides[axis + 1 :])

    def permuted(self, order: Sequence[int]) -> Strided:
        """Return it with its axes in another order."""
        return Strided(tuple([self.sizes[i] for i in order]), tuple([self.strides[i] for i in order]))

    def viewed(self, sizes: Ints) -> Strided | None:
        """Return the view of it under other sizes, None where there is none (``computeStride``)."""
        old, strides = self
        new: list[int] = [0] * len(sizes)
        place = len(sizes) - 1
        base, there, here = strides[-1], 1, 1  # of the run of axes that lie one inside the other
        for axis in range(len(old) - 1, -1, -1):
            there *= old[axis]
            if axis and (old[axis - 1] == 1 or strides[axis - 1] == there * base):
                continue
            while place >= 0 and (here < there or sizes[place] == 1):
                new[place] = here * base
                here *= sizes[place]
                place -= 1
            if here != there:
                return None
            if axis:
                base, there, here = strides[axis - 1], 1, 1
        return Strided(sizes, tuple(new)) if place < 0 else None


SCALAR = Strided((), ())
"""A number among the operands of an elementwise kernel."""


def usual(sizes: Ints) -> Strided:
    """Return a new tensor of these sizes."""
    return _ordered(sizes, range(len(sizes) - 1, -1, -1))


def channels_last(sizes: Ints) -> Strided:
    """Return a new channels-last tensor of these sizes."""
    return _ordered(sizes, _channels_last(len(sizes)))


def like(x: Strided) -> Strided:
    """Return a copy that keeps the order of the axes (``empty_like``, ``clone``)."""
    return x if x.dense else _ordered(x.sizes, _innermost_first(x.sizes, [x.strides]))


def elementwise(sizes: Ints, *operands: Strided) -> Strided:
    """Return what an elementwise kernel allocates (``TensorIterator``); sizes of 1 are stretched."""
    if all(x.sizes == sizes for x in operands):
        if all(x.contiguous for x in operands):
            return usual(sizes)
        if len(sizes) == IMAGES and all(x.channels_last for x in operands):
            return channels_last(sizes)
        if all(x.dense for x in operands) and all(x.strides == operands[0].strides for x in operands):
            return operands[0]
    return _ordered(sizes, _innermost_first(sizes, [_stretched(x, sizes) for x in operands]))


def _stretched(x: Strided, sizes: Ints) -> Ints:
    missing = len(sizes) - len(x.sizes)
    each = zip(x.sizes, x.strides, sizes[missing:], strict=True)
    return (0,) * missing + tuple([0 if n == 1 != m else stride for n, stride, m in each])


def _innermost_first(sizes: Ints, operands: Sequence[Ints]) -> list[int]:
    """Return the axes from the innermost on, as the operands' strides have them.

    An insertion sort, since two axes may not be comparable: where one is stretched in every
    operand, they stay as they are (``reorder_dimensions``).
    """
    order = list(range(len(sizes) - 1, -1, -1))
    for start in range(1, len(order)):
        place = start
        for other in range(start - 1, -1, -1):
            sign = _compare(sizes, operands, order[other], order[place])
            if sign < 0:
                break
            if sign > 0:
                order[other], order[place] = order[place], order[other]
                place = other
    return order


def _compare(sizes: Ints, operands: Sequence[Ints], a: int, b: int) -> int:
    """Return 1 where axis ``a`` belongs outside of ``b``, -1 inside, 0 where nothing tells."""
    for strides in operands:
        if strides[a] and strides[b]:
            if strides[a] != strides[b]:
                return 1 if strides[a] > strides[b] else -1
            if sizes[a] > sizes[b]:
                return 1
    return 0


def _by_stride(x: Strided) -> list[int]:
    """Return the axes by stride, those of size 0 or 1, which have none that matters, last."""
    return sorted(range(len(x.sizes)), key=lambda axis: (bool(x.sizes[axis] < 2), x.strides[axis]))  # noqa: PLR2004  # see above


def _channels_last(rank: int) -> Ints:
    return (1, *range(rank - 1, 1, -1), 0)


def _lie_as(sizes: Ints, strides: Ints, innermost_first: Sequence[int]) -> bool:
    step = 1
    for axis in innermost_first:
        if sizes[axis] != 1:
            if strides[axis] != step:
                return False
            step *= sizes[axis]
    return True


def _ordered(sizes: Ints, innermost_first: Sequence[int]) -> Strided:
    strides = [0] * len(sizes)
    step = 1
    for axis in innermost_first:
        strides[axis] = step
        step *= max(sizes[axis], 1)
    return Strided(sizes, tuple(strides))
