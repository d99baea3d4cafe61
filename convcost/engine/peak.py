"""The largest sum of storages alive at one moment of inference.

A storage is alive from the node that makes it to the last node that reads a tensor in it;
the network's inputs throughout, since their caller holds them, and outputs to the end.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from convcost.ir import CALLER
from convcost.report import Live, Peak

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcost.engine.storages import Walk
    from convcost.ir import Graph


class Lifetime(NamedTuple):
    """A storage of ``bytes``, alive from node ``born`` to node ``dies``, both included."""

    maker: str
    bytes: int
    born: int
    dies: int


class Timeline(NamedTuple):
    """All storages of a run, and per node the bytes it needs besides them."""

    policy: str
    inputs: frozenset[str]
    nodes: tuple[str, ...]
    storages: Sequence[Lifetime]
    temporaries: Sequence[int]

    def alive(self) -> list[int]:
        """Return the bytes alive while each node runs, in linear time."""
        changes = [0] * (len(self.nodes) + 1)
        for storage in self.storages:
            changes[storage.born] += storage.bytes
            if storage.dies + 1 < len(changes):
                changes[storage.dies + 1] -= storage.bytes
        return [held + extra for held, extra in zip(accumulate(changes), self.temporaries, strict=False)]

    def peak(self, alive: Sequence[int]) -> Peak:
        """Return the first of the highest moments, and what is alive there."""
        top = max(alive)
        at = alive.index(top)
        live = [
            Live(s.maker, s.bytes, "input" if s.maker in self.inputs else "output")
            for s in self.storages
            if s.born <= at <= s.dies
        ]
        if self.temporaries[at]:
            live.append(Live(self.nodes[at], self.temporaries[at], "temporary"))
        return Peak(self.policy, top, self.nodes[at], tuple(live))


def eager(graph: Graph, walk: Walk, last: Mapping[str, int], element: int, batch: int) -> Timeline:
    """Return the run of torch's eager mode in an executor that frees after the last reader.

    ``walk`` is the inference walk and ``last`` the index of each tensor's last reader.
    """
    scale = element * batch
    count = walk.count
    makers, born, dies = [""] * count, [0] * count, [-1] * count
    temporaries = []
    for index, (node, step) in enumerate(zip(graph.nodes, walk.steps, strict=True)):
        storage = step.storage
        if not makers[storage]:
            makers[storage], born[storage] = node.name, 0 if step.memory.holder == CALLER else index
        dies[storage] = max(dies[storage], last[node.name])
        temporaries.append(step.memory.temporary.at(batch))
    storages = [
        Lifetime(*each)
        for each in zip(makers, [n * scale for n in walk.elements.values()], born, dies, strict=True)
        if each[3] >= 0  # not a private copy, which is a temporary
    ]
    return Timeline(
        "eager", frozenset(graph.inputs), tuple([node.name for node in graph.nodes]), storages, temporaries
    )
