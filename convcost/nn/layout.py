"""Layers that rearrange, weigh or multiply whole tensors, which torch has only as functions.

Each allocates exactly what its rule in ``ops/`` says: views are asked for as views, and fail
where a copy would be needed; copies are made where a rule counts one.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

__all__ = ["Attention", "ChannelsFirstLayerNorm", "MatMul", "Permute", "Reshape", "Scale", "nn"]


class Permute(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """A view with the axes after the batch in ``order``, counted from 0."""

    def __init__(self, order: tuple[int, ...]) -> None:
        super().__init__()
        self.order = order

    def forward(self, x: Any) -> Any:
        """Return the view."""
        return x.permute(0, *(axis + 1 for axis in self.order))

    def extra_repr(self) -> str:
        """Return what ``print`` shows between the parentheses."""
        return f"order={self.order}"


class Reshape(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """A view under another shape, the batch apart; the input is contiguous."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: Any) -> Any:
        """Return the view."""
        return x.reshape(len(x), *self.shape)

    def extra_repr(self) -> str:
        """Return what ``print`` shows between the parentheses."""
        return f"shape={self.shape}"


class ChannelsFirstLayerNorm(nn.LayerNorm):  # type: ignore[misc]  # torch is untyped here
    """A layer norm over the channels of each position: they go last, and come back in a clone."""

    def forward(self, x: Any) -> Any:
        """Return the normalised tensor, contiguous."""
        rows = super().forward(x.movedim(1, -1))
        return rows.movedim(-1, 1).contiguous()


class Scale(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """A learned factor of ``shape``, which broadcasts over the axes after the batch."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(shape))

    def forward(self, x: Any) -> Any:
        """Return the scaled tensor."""
        return x * self.weight

    def extra_repr(self) -> str:
        """Return what ``print`` shows between the parentheses."""
        return f"shape={tuple(self.weight.shape)}"


class MatMul(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """The matrix product over the last two axes; all others agree."""

    def forward(self, a: Any, b: Any) -> Any:
        """Return the product."""
        return torch.matmul(a, b)


class Attention(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """Scaled dot-product attention over batch × rows × columns, in ``heads``; contiguous inputs."""

    def __init__(self, heads: int) -> None:
        super().__init__()
        self.heads = heads

    def forward(self, q: Any, k: Any, v: Any) -> Any:
        """Return the attended values, of the queries' shape."""
        q, k, v = (x.unflatten(-1, (self.heads, -1)).transpose(1, 2) for x in (q, k, v))
        return scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)

    def extra_repr(self) -> str:
        """Return what ``print`` shows between the parentheses."""
        return f"heads={self.heads}"


class VolumeLrn(nn.LocalResponseNorm):  # type: ignore[misc]  # torch is untyped here
    """A local response norm over 3 dims, the last two as one: torch's own needs them to lie so."""

    def forward(self, x: Any) -> Any:
        """Return the normalised tensor."""
        return super().forward(x.flatten(3)).unflatten(3, x.shape[3:])
