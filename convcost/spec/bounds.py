"""Numbers no network has: sizes and products of strides that would fill the memory, not the figures."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from convcost.spec.arithmetic import MAX_VALUE
from convcost.spec.log import Log, Reported

if TYPE_CHECKING:
    from convcost.errors import Loc
    from convcost.ir import Shape
    from convcost.ops._base import OpBase

MAX_BITS = 4096  # of the strides' product on any path: a receptive field's stride still prints


class Bounds:
    """Keeps, for every tensor, how many bits the strides on the way to it may have."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._bits: dict[str, int] = {}

    def check_sizes(self, shape: Shape, loc: Loc, *, sure: bool) -> None:
        """Refuse sizes no expression could hold either; repeated, they would double without end."""
        if max(shape) < MAX_VALUE:
            return
        if not sure:
            raise Reported
        raise self.log.add("CC405", f"the output {list(shape)} has a size of more than 18 digits", loc)

    def check_strides(
        self, name: str, op: OpBase, inputs: tuple[str, ...], shapes: tuple[Shape, Shape], loc: Loc
    ) -> None:
        """Refuse a layer at which the strides multiply past ``MAX_BITS``. ``shapes``: input, output."""
        bits = max([self._bits.get(tensor, 0) for tensor in inputs], default=0) + _own_bits(op, *shapes)
        if bits > MAX_BITS:
            raise self.log.add("CC405", "the strides up to here multiply to more than 4,096 bits", loc)
        if bits:
            self._bits[name] = bits


def _own_bits(op: OpBase, before: Shape, after: Shape) -> int:
    """Return the bits of an op's stride, or of the ratio in which it resizes."""
    stride = getattr(op, "stride", 1)
    if stride is None:  # a pool's stride is its kernel
        stride = getattr(op, "kernel", 1)
    if stride != 1:
        return (max(stride) if isinstance(stride, tuple) else int(stride)).bit_length() - 1
    if op.GROUP not in {"resize", "pool"} or before[1:] == after[1:] or hasattr(op, "stride"):
        return 0
    if len(before) != len(after):  # a mistake that is in the log already
        return 0
    return max([max(a, b) // gcd(a, b) for a, b in zip(before[1:], after[1:], strict=True)]).bit_length()
