"""Tensors a network owns, read as they are."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class Parameter(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """A learned tensor, repeated for every sample of the batch as a view."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(shape))

    def forward(self, batch: int) -> Any:
        """Return the view; without gradients of the values alone, as a view would still ask for them."""
        weight = self.weight if torch.is_grad_enabled() else self.weight.detach()
        return weight.expand(batch, *weight.shape)


class Constant(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """A fixed tensor, repeated for every sample of the batch as a view."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.register_buffer("value", torch.zeros(shape))

    def forward(self, batch: int) -> Any:
        """Return the view."""
        return self.value.expand(batch, *self.value.shape)
