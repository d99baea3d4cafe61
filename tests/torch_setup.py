"""Torch as the tests want it: on one thread, and with the same random numbers every time."""

from __future__ import annotations

import pytest
from hypothesis import register_random


class _Random:
    """Torch's generator, in the form in which hypothesis seeds it before each example."""

    def __init__(self, torch):
        self.seed, self.getstate, self.setstate = (
            torch.manual_seed,
            torch.get_rng_state,
            torch.set_rng_state,
        )


@pytest.fixture(autouse=True, scope="session")
def steady_torch():
    """Give torch one thread, as the tensors are tiny and the other cores taken, and examples that repeat."""
    try:
        import torch
    except ImportError:
        yield
        return
    torch.set_num_threads(1)
    random = _Random(torch)  # hypothesis holds it weakly
    register_random(random)
    yield
    del random


@pytest.fixture(autouse=True)
def _seeded(steady_torch):
    """Give each test the same weights, whatever ran before it."""
    del steady_torch
    try:
        import torch
    except ImportError:
        return
    torch.manual_seed(0)
