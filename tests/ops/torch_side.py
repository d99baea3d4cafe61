"""Asking torch: an op built on ``meta`` and run, its shape, parameters and flops taken down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

if TYPE_CHECKING:
    from tests.ops.strategies import Standing


class Answer(NamedTuple):
    """What torch makes of an op: shapes with the batch, counts as its modules hold them."""

    shape: tuple[int, ...]
    params: int
    buffers: int
    flops: int


def ask(drawn: Standing, batch: int, device: str = "meta") -> Answer:
    """Build the op on ``device`` and run it in inference; raises what torch raises."""
    with torch.device(device), torch.no_grad():
        module = drawn.op.to_torch(*drawn.inputs).eval()
        tensors = [torch.ones((batch, *shape)) for shape in drawn.read]
        with FlopCounterMode(display=False) as counter:
            output = module(*(tensors or [batch]))
    return Answer(
        tuple(output.shape),
        _elements(module.parameters()),
        _elements(module.buffers()),
        counter.get_total_flops(),
    )


def accepts(drawn: Standing, batch: int) -> bool:
    """Return whether torch builds and runs the op: on the CPU, as ``meta`` checks less."""
    try:
        ask(drawn, batch, "cpu")
    except (RuntimeError, ValueError, TypeError, IndexError, AssertionError):
        return False
    return True


def _elements(tensors: Any) -> int:
    return sum(tensor.numel() for tensor in tensors)
