"""What autograd keeps for the backward pass: each storage once, with the first layer that saves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convcost.engine.storages import Walk


def saved_bytes(walk: Walk, element: int, batch: int) -> list[int]:
    """Return the saved bytes of every node of a training walk, in order."""
    scale = element * batch
    elements = walk.elements
    held: set[int] = set()
    result = []
    for step in walk.steps:
        total = step.memory.kept.at(batch)
        for storage in step.saved:
            if storage not in held:
                held.add(storage)
                total += elements[storage] * scale
        result.append(total)
    return result
