"""Torch here is steady: one thread, the same random numbers every time."""

from __future__ import annotations

from tests.torch_setup import _seeded, steady_torch

__all__ = ["_seeded", "steady_torch"]
