"""Clocks: the CPU's own, and CUDA events, which the GPU stamps when it gets there."""

from __future__ import annotations

from itertools import pairwise
from statistics import median, quantiles
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence


class Spread(NamedTuple):
    """The middle of some times and their quartiles, in nanoseconds."""

    median: int
    low: int
    high: int


def spread(times: Sequence[int]) -> Spread:
    """Return median and quartiles; of a single time, that time."""
    if len(times) == 1:
        return Spread(times[0], times[0], times[0])
    low, _, high = quantiles(times, n=4, method="inclusive")
    return Spread(round(median(times)), round(low), round(high))


class CpuClock:
    """Stamps by ``perf_counter_ns``."""

    def stamp(self) -> int:
        """Return this moment."""
        return perf_counter_ns()

    def spans(self, stamps: Sequence[int]) -> list[int]:
        """Return the nanoseconds between neighbouring stamps."""
        return [after - before for before, after in pairwise(stamps)]


class CudaClock:
    """Stamps by events on the current stream; reading them waits for the GPU."""

    def stamp(self) -> Any:
        """Record an event."""
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event

    def spans(self, stamps: Sequence[Any]) -> list[int]:
        """Return the nanoseconds between neighbouring events (their clock ticks in about 500 ns)."""
        torch.cuda.synchronize()
        return [round(before.elapsed_time(after) * 1_000_000) for before, after in pairwise(stamps)]


def clock_of(device: str) -> CpuClock | CudaClock:
    """Return the clock for a device."""
    return CudaClock() if device == "cuda" else CpuClock()
