"""What makes a shortcut fit its body: only what was found to work is proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.exact import spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.ir import Node, Shape

WRITE_OUT = "write the shortcut out as a list of layers"
PROJECT_OR_NOT = "shortcut: project inserts a 1×1 convolution; when_same adds only where shapes agree"


def project_strides(entering: Shape, body: Shape) -> tuple[int, ...] | None:
    """Return per dim the smallest s with ⌊(size − 1) / s⌋ + 1 = the body's size; None where there is none."""
    if len(entering) != len(body):
        return None
    strides = [(size - 1) // out + 1 for size, out in zip(entering[1:], body[1:], strict=True)]
    reached = [(size - 1) // stride + 1 for size, stride in zip(entering[1:], strides, strict=True)]
    return tuple(strides) if reached == list(body[1:]) else None


def fitting(entering: Shape, body: Shape, nodes: Sequence[Node]) -> str:
    """Return the hint for a body's output of another shape than its input. ``nodes``: the body's."""
    if entering[1:] != body[1:] and _only_padding_lacks(entering, nodes):
        keeps = body[0] == entering[0] and not any(map(_strides, nodes))
        project = "" if keeps else ", and shortcut: project adds a 1×1 convolution"
        return f"padding: half on the body's convolutions keeps their size{project}"
    return WRITE_OUT if project_strides(entering, body) is None else PROJECT_OR_NOT


def _only_padding_lacks(entering: Shape, nodes: Sequence[Node]) -> bool:
    """Whether convolutions with odd kernels and without padding are all that changes the size."""
    before = entering[1:]
    lacking = False
    for node in nodes:
        if node.op.NAME == "conv":
            op: Any = node.op
            odd = all(size % 2 for size in spread(op.kernel, len(before)))
            if not odd or op.padding not in (0, "half"):
                return False
            lacking |= op.padding == 0 and op.kernel != 1
        elif node.shape[1:] != before:
            return False
        before = node.shape[1:]
    return lacking


def _strides(node: Node) -> bool:
    stride: Any = getattr(node.op, "stride", 1)
    return set(stride) != {1} if isinstance(stride, tuple) else stride != 1
