"""The peak an inference runtime can reach: the `fused` policy. Analytic only.

Exactly this is assumed, in the order of the nodes:

- a norm with running statistics that is the sole reader of a convolution or linear layer
  is folded into its weights: its output is that layer's;
- an activation, and an addition into the first operand where it may, works in place where
  that is legal in inference: the storage is not the network input's, no later node reads
  it except through the result, no other operand lies in it, and the shapes agree;
- a concat's inputs are written by their producers where they belong in the concat's
  storage, which is alive from the first of them on. A tensor can be in one place only: an
  input that fills no storage of its own (a slice, the network's input, a part of an
  earlier concat, the same tensor again) is copied. A concat that is whole inside a later
  concat shares the later one's storage;
- nothing has temporaries, indices or private copies, apart from a view that cannot be one
  (a flatten of a strided tensor), which is a new tensor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.engine.peak import Lifetime, Timeline
from convcost.ir import RUN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcost.engine.op_facts import OpFacts
    from convcost.engine.storages import Walk
    from convcost.ir import Graph, Node, Shape

FOLDS_NORM = frozenset({"conv", "linear"})


class Pool:
    """Storages that may merge: a union-find whose roots carry size, maker and lifetime."""

    def __init__(self) -> None:
        self.parent: list[int] = []
        self.elements: list[int] = []
        self.maker: list[str] = []
        self.born: list[int] = []
        self.dies: list[int] = []

    def new(self, maker: str, elements: int, index: int) -> int:
        """Return a storage made by node ``index``."""
        self.parent.append(len(self.parent))
        self.elements.append(elements)
        self.maker.append(maker)
        self.born.append(index)
        self.dies.append(index)
        return len(self.parent) - 1

    def root(self, storage: int) -> int:
        """Return the storage this one has become a part of."""
        parent = self.parent
        while parent[storage] != storage:
            parent[storage] = parent[parent[storage]]
            storage = parent[storage]
        return storage

    def absorb(self, whole: int, part: int) -> None:
        """Make ``part`` a piece of ``whole``."""
        self.parent[part] = whole
        self.born[whole] = min(self.born[whole], self.born[part])
        self.dies[whole] = max(self.dies[whole], self.dies[part])


class Fusion:
    """Places every tensor of a graph by the rules above."""

    def __init__(self, graph: Graph, walk: Walk, last: Mapping[str, int]) -> None:
        self.shapes = graph.shapes
        self.last = last
        self.walk = walk
        self.pool = Pool()
        self.storage: dict[str, int] = {}
        self.outside: set[int] = set()  # storages that belong to the caller or to the weights
        self.reads: dict[str, int] = dict.fromkeys(graph.outputs, 1)
        for node in graph.nodes:
            for name in dict.fromkeys(node.inputs):
                self.reads[name] = self.reads.get(name, 0) + 1

    def take(self, index: int, node: Node, rule: OpFacts, before: Mapping[str, str]) -> None:
        """Place a node's output; ``before`` gives the group of each tensor's maker."""
        step = self.walk.steps[index]
        pool = self.pool
        host = None
        if step.memory.holder == RUN:
            seen = node.inputs[step.memory.view_of or 0]
            host = self._host(index, node, rule, before) if step.is_new else seen
        if host is not None:
            storage = pool.root(self.storage[host])
        elif step.memory.holder != RUN:
            storage = pool.new(node.name, self.walk.elements[step.storage], 0)
            self.outside.add(storage)
        else:
            storage = pool.new(node.name, rule.elements, index)
            if node.op.NAME == "concat":
                self._gather(storage, node, rule)
        pool.dies[storage] = max(pool.dies[storage], self.last[node.name])
        self.storage[node.name] = storage

    def _host(self, index: int, node: Node, rule: OpFacts, before: Mapping[str, str]) -> str | None:
        """Return the input whose storage the output of this node may take over."""
        op, first = node.op, node.inputs[0]
        if op.GROUP == "norm":
            folds = rule.full.buffers > 0 and rule.cost.statistics == 0
            return first if folds and self.reads[first] == 1 and before.get(first) in FOLDS_NORM else None
        if op.GROUP == "activation":
            return first if self._may_write(index, node, first) else None
        if op.NAME == "add":
            return next((name for name in node.inputs if self._may_write(index, node, name)), None)
        return None

    def _may_write(self, index: int, node: Node, name: str) -> bool:
        storage = self._root(name)
        return (
            storage not in self.outside
            and self.pool.dies[storage] <= index
            and self.shapes[name] == node.shape
            and [self._root(other) for other in node.inputs].count(storage) == 1
        )

    def _root(self, name: str) -> int:
        return self.pool.root(self.storage[name])

    def _gather(self, storage: int, node: Node, rule: OpFacts) -> None:
        for name, shape in zip(node.inputs, rule.inputs, strict=False):
            part = self._root(name)
            if part != storage and part not in self.outside and self.pool.elements[part] == _elements(shape):
                self.pool.absorb(storage, part)


def _elements(shape: Shape) -> int:
    result = 1
    for size in shape:
        result *= size
    return result


def fused(
    graph: Graph, rules: Sequence[OpFacts], walk: Walk, last: Mapping[str, int], scale: int
) -> Timeline:
    """Return the run of a fusing runtime; ``scale`` is bytes per element times the batch."""
    fusion = Fusion(graph, walk, last)
    groups: dict[str, str] = {}
    for index, (node, rule) in enumerate(zip(graph.nodes, rules, strict=True)):
        fusion.take(index, node, rule, groups)
        groups[node.name] = node.op.GROUP
    pool = fusion.pool
    storages = [
        Lifetime(pool.maker[i], pool.elements[i] * scale, pool.born[i], pool.dies[i])
        for i, parent in enumerate(pool.parent)
        if i == parent
    ]
    return Timeline("fused", frozenset(graph.inputs), tuple(groups), storages, [0] * len(groups))
