"""What a 1×1 convolution is, and what it can be there for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast, get_args

from convcost.exact import prod, spread

if TYPE_CHECKING:
    from convcost.ir import ConvOp, Node, Op

Role = Literal["shortcut", "gate", "pointwise", "classifier", "reduce", "expand", "pool_projection", "mix"]
"""The purpose of a 1×1 convolution; ``reductions/roles.py`` finds it."""

ROLES: tuple[Role, ...] = get_args(Role)


def convolution(op: Op) -> ConvOp:
    """Return an op that must be a convolution, transposed or not, as one."""
    assert op.GROUP == "conv", op.NAME  # noqa: S101  (the caller has looked)
    return cast("ConvOp", op)


def kernel_sizes(node: Node) -> tuple[int, ...]:
    """Return a convolution's kernel, one size per spatial dim."""
    return spread(convolution(node.op).kernel, len(node.shape) - 1)


def kernel_elements(node: Node) -> int:
    """Return how many elements a convolution's kernel has."""
    return prod(kernel_sizes(node))


def is_pointwise(op: Op) -> bool:
    """Whether an op is a convolution whose kernel sizes are all 1."""
    return op.NAME == "conv" and not is_wide(op)


def is_wide(op: Op) -> bool:
    """Whether an op is a convolution with a kernel size larger than 1, whatever its groups or direction."""
    return op.GROUP == "conv" and any(size != 1 for size in spread(convolution(op).kernel, 1))


def is_spatial(op: Op) -> bool:
    """Whether an op is an ungrouped convolution with a kernel size larger than 1."""
    return op.NAME == "conv" and is_wide(op) and convolution(op).groups == 1
