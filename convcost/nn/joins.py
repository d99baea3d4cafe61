"""The layers torch has no module for, built so that both sides agree on memory (docs/memory.md)."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own habit
from torch import nn


class _PadsExcess:
    """Mixed into a convolution: pads what one side has more than the other, then convolves."""

    excess: tuple[int, ...]

    def forward(self, x: Any) -> Any:
        """Return the convolution of the padded input."""
        return super().forward(F.pad(x, self.excess))  # type: ignore[misc]  # nn.ConvNd comes after

    def extra_repr(self) -> str:
        """Return what ``print`` shows between the parentheses."""
        return f"{super().extra_repr()}, excess={self.excess}"  # type: ignore[misc]  # as above


class UnevenConv1d(_PadsExcess, nn.Conv1d):  # type: ignore[misc]  # torch is untyped here
    """A 1-dim convolution whose padding differs between the sides."""


class UnevenConv2d(_PadsExcess, nn.Conv2d):  # type: ignore[misc]  # torch is untyped here
    """A 2-dim convolution whose padding differs between the sides."""


class UnevenConv3d(_PadsExcess, nn.Conv3d):  # type: ignore[misc]  # torch is untyped here
    """A 3-dim convolution whose padding differs between the sides."""


EVEN_CONVS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
"""By number of dims, what pads both sides alike."""

UNEVEN_CONVS = (UnevenConv1d, UnevenConv2d, UnevenConv3d)
"""By number of dims, what pads the excess of one side by a copy first."""


class Pad(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """Padding by ``amounts``, counted from the last dim as torch does."""

    def __init__(self, amounts: tuple[int, ...], mode: str) -> None:
        super().__init__()
        self.amounts = amounts
        self.mode = mode

    def forward(self, x: Any) -> Any:
        """Return the padded tensor."""
        return F.pad(x, self.amounts, self.mode)


class Narrow(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """A view of ``lengths`` elements from ``starts`` on, per axis after the batch."""

    def __init__(self, starts: tuple[int, ...], lengths: tuple[int, ...]) -> None:
        super().__init__()
        self.ranges = tuple(zip(starts, lengths, strict=True))

    def forward(self, x: Any) -> Any:
        """Return the view."""
        for axis, (start, length) in enumerate(self.ranges, start=1):
            x = x.narrow(axis, start, length)
        return x


class Add(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """The sum: one new tensor however many there are, none in place."""

    def __init__(self, *, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, first: Any, second: Any, *others: Any) -> Any:
        """Return the sum of all inputs."""
        total = first.add_(second) if self.inplace else first + second
        for other in others:
            total += other
        return total


class Mul(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """The product, from the left; in place it overwrites the first."""

    def __init__(self, *, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, first: Any, *others: Any) -> Any:
        """Return the product of all inputs."""
        total = first
        for other in others:
            total = total.mul_(other) if self.inplace else total * other
        return total


class Concat(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """The inputs side by side along an axis, by default the channels."""

    def __init__(self, axis: int = 1) -> None:
        super().__init__()
        self.axis = axis

    def forward(self, *inputs: Any) -> Any:
        """Return the concatenation."""
        return torch.cat(inputs, dim=self.axis)


class Stack(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """The inputs side by side along a new axis."""

    def __init__(self, axis: int) -> None:
        super().__init__()
        self.axis = axis

    def forward(self, *inputs: Any) -> Any:
        """Return the stack."""
        return torch.stack(inputs, dim=self.axis)


class Slice(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """A view of every ``step``-th position of an axis from ``start`` up to ``stop``."""

    def __init__(self, axis: int, start: int, stop: int, step: int) -> None:
        super().__init__()
        self.axis = axis
        self.range = slice(start, stop, step)

    def forward(self, x: Any) -> Any:
        """Return the view."""
        return x[(slice(None),) * self.axis + (self.range,)]


class Select(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """A view of one position of an axis, without the axis."""

    def __init__(self, axis: int, index: int) -> None:
        super().__init__()
        self.axis = axis
        self.index = index

    def forward(self, x: Any) -> Any:
        """Return the view."""
        return x.select(self.axis, self.index)


class Roll(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """Positions moved along axes, from the end back to the start."""

    def __init__(self, shifts: tuple[int, ...], axes: tuple[int, ...]) -> None:
        super().__init__()
        self.shifts = shifts
        self.axes = axes

    def forward(self, x: Any) -> Any:
        """Return the moved tensor."""
        return x.roll(self.shifts, self.axes)


class Flip(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """Positions in the opposite order along axes."""

    def __init__(self, axes: tuple[int, ...]) -> None:
        super().__init__()
        self.axes = axes

    def forward(self, x: Any) -> Any:
        """Return the turned tensor."""
        return x.flip(self.axes)


class Expand(nn.Module):  # type: ignore[misc]  # torch is untyped here
    """A view in which axes of size 1 are as long as ``shape`` says."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, x: Any) -> Any:
        """Return the view."""
        return x.expand(len(x), *self.shape)
