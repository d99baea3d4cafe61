"""Which tensors share a storage: one walk over a graph, in inference or in training.

A storage is what an allocator hands out. Views, aliases and in-place results lie in the
storage of an input; every other tensor gets one of its own. The network's inputs lie in the
caller's storages, parameters that are read as tensors among the weights.
"""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING, NamedTuple

from convcost.ir import OUTPUT, RUN, WEIGHTS, Layout, Memory

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from convcost.engine.op_facts import OpFacts, Rules
    from convcost.ir import Graph, Node


class Tensor(NamedTuple):
    """Where a tensor lies, whether a gradient flows into it, and how it is laid out."""

    storage: int
    wants_grad: bool
    layout: Layout


class Step(NamedTuple):
    """What one node does to storages.

    ``storage`` is its output's; ``saved`` are those autograd keeps of what exists
    (``memory.kept`` is what it keeps besides).
    """

    memory: Memory
    storage: int
    is_new: bool
    saved: tuple[int, ...]


class Walk:
    """The storages of the nodes taken so far: ``elements`` of each, per sample, and their ``count``.

    ``batch``: what is read as it lies of one sample may be copied of several.
    """

    def __init__(self, training: bool, batch: int = 1, after: Walk | None = None) -> None:
        self.training = training
        self.batch = batch
        self.tensors: MutableMapping[str, Tensor] = {} if after is None else ChainMap({}, after.tensors)
        self.elements: MutableMapping[int, int] = {} if after is None else ChainMap({}, after.elements)
        self.count: int = 0 if after is None else after.count
        self.steps: list[Step] = []

    def branch(self) -> Walk:
        """Return a walk that goes on from here, and leaves this one as it is."""
        return Walk(self.training, self.batch, self)

    def take(self, node: Node, rule: OpFacts) -> Step:
        """Place a node's output and return what happened."""
        read = [self.tensors[name] for name in node.inputs]
        reads, wants, layouts = zip(*read, strict=True) if read else ((), (), ())
        memory, flows = rule.answer(self.training, wants, layouts, self.batch)
        is_new = memory.holder == RUN and memory.view_of is None
        elements = 0 if memory.holder == WEIGHTS else rule.elements
        storage = self._new(elements) if memory.view_of is None else reads[memory.view_of]
        saved = tuple([storage if i == OUTPUT else reads[i] for i in memory.saves])
        self.tensors[node.name] = Tensor(storage, flows, memory.layout)
        step = Step(memory, storage, is_new, saved)
        self.steps.append(step)
        return step

    def holds_at(self, batch: int) -> bool:
        """Whether the walk would be the same at another batch: it is where every tensor is contiguous."""
        return batch == self.batch or all(tensor.layout is None for tensor in self.tensors.values())

    def _new(self, elements: int) -> int:
        self.elements[self.count] = elements
        self.count += 1
        return self.count - 1


def walk(graph: Graph, rules: Sequence[OpFacts], training: bool, batch: int = 1) -> Walk:
    """Return the storages of a graph; ``rules`` has one entry per node."""
    result = Walk(training, batch)
    for node, rule in zip(graph.nodes, rules, strict=True):
        result.take(node, rule)
    return result


def rules_of(graph: Graph, rules: Rules) -> list[OpFacts]:
    """Return the rule of every node, in order."""
    return [rules.of_node(graph, node) for node in graph.nodes]


def last_reads(graph: Graph) -> dict[str, int]:
    """Return for every tensor the index of the last node that reads it.

    A tensor nobody reads is dropped by the node that makes it; outputs and the network's
    inputs, which their owners hold, are alive to the end: ``len(graph.nodes)``.
    """
    last = {node.name: index for index, node in enumerate(graph.nodes)}
    for index, node in enumerate(graph.nodes):
        for name in node.inputs:
            last[name] = index
    end = len(graph.nodes)
    last.update(dict.fromkeys((*graph.inputs, *graph.outputs), end))
    return last
