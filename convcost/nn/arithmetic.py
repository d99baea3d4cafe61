"""Arithmetic on elements and along axes, as modules."""

from __future__ import annotations

import operator
from typing import Any

import torch
from torch import nn

_OPERATORS = {"add": operator.add, "sub": operator.sub, "mul": operator.mul, "div": operator.truediv}
_REDUCTIONS = {"max": torch.amax, "min": torch.amin, "norm": torch.linalg.vector_norm}


class Elementwise(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """A function of one tensor, of a tensor and a number, or of two tensors."""

    def __init__(self, function: str, value: float | None = None, *, reverse: bool = False) -> None:
        super().__init__()
        self.function = function
        self.value = value
        self.reverse = reverse

    def forward(self, *inputs: Any) -> Any:
        """Return the result."""
        operands = inputs if self.value is None else (*inputs, self.value)
        function = _OPERATORS.get(self.function) or getattr(torch, self.function)
        return function(*(reversed(operands) if self.reverse else operands))


class Clamp(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """Values below ``low`` and above ``high`` replaced by these."""

    def __init__(self, low: float | None, high: float | None) -> None:
        super().__init__()
        self.low = low
        self.high = high

    def forward(self, x: Any) -> Any:
        """Return the clamped tensor."""
        return x.clamp(self.low, self.high)


class Reduce(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """One value for all elements along ``axes``, counted with the batch."""

    def __init__(self, function: str, axes: tuple[int, ...], *, keep: bool) -> None:
        super().__init__()
        self.function = function
        self.axes = axes
        self.keep = keep

    def forward(self, x: Any) -> Any:
        """Return the reduced tensor."""
        function = _REDUCTIONS.get(self.function) or getattr(torch, self.function)
        return function(x, dim=self.axes, keepdim=self.keep)
