"""What a pass really took from the allocator, beside what its tensors add up to."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.torch_backend.runner import Subject


class Peak(NamedTuple):
    """The most memory a pass held, in bytes, parameters apart, the network's input included.

    ``rounding``: what CUDA's allocator gave beyond what it was asked for (None on the CPU).
    What is left over the estimate is workspaces and copies inside kernels.
    """

    bytes: int
    rounding: int | None


def measured_peak(subject: Subject) -> Peak:
    """Run once and return the allocator's peak."""
    subject.network.zero_grad(set_to_none=True)
    own = sum(each.untyped_storage().nbytes() for each in subject.inputs)
    return _cuda(subject, own) if subject.how.device == "cuda" else _cpu(subject, own)


def _cuda(subject: Subject, own: int) -> Peak:
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_stats()
    subject.whole()
    after = torch.cuda.memory_stats()
    taken = after["allocated_bytes.all.peak"] - before["allocated_bytes.all.current"]
    asked = after["requested_bytes.all.peak"] - before["requested_bytes.all.current"]
    return Peak(taken + own, taken - asked)


def _cpu(subject: Subject, own: int) -> Peak:
    """Follow every allocation and free of torch's CPU allocator, in order."""
    with _quiet(), torch.profiler.profile(profile_memory=True) as profiler:
        subject.whole()
    held = peak = 0
    for event in profiler.profiler.kineto_results.events():
        if event.name() == "[memory]":
            held += event.nbytes()
            peak = max(peak, held)
    return Peak(peak + own, None)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what torch's profiler writes to the standard error stream from being seen."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
