"""A network walked once: its rules, its storages, what is alive and saved when.

The figures of any of its layers follow from it, and those of a changed network (splice.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.engine.peak import eager
from convcost.engine.rules import Rules, Target
from convcost.engine.saved import saved_bytes
from convcost.engine.storages import last_reads, rules_of, walk
from convcost.ir import INPUT
from convcost.ops._formula import prod

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from convcost.engine.rules import Rule
    from convcost.engine.storages import Step
    from convcost.ir import Graph, Node


class Figures(NamedTuple):
    """What a group of layers costs; ``peak_bytes`` is the most that is alive while they run."""

    macs: int
    params: int
    activation_bytes: int
    peak_bytes: int
    saved_bytes: int
    traffic_bytes: int


class Run:
    """A network's walks, and what is alive and saved when: the ground changes are judged on."""

    def __init__(self, graph: Graph, batch: int = 1, dtype: str = "float32", device: str = "cpu") -> None:
        self.graph = graph
        self.batch = batch
        self.dtype = dtype
        self.device = device
        self.target = Target(dtype, device)
        self.scale = self.target.element * batch
        self.known = Rules(self.target)
        self.rules = rules_of(graph, self.known)
        self.last = last_reads(graph)
        self.index = {node.name: index for index, node in enumerate(graph.nodes)}
        self.inference = walk(graph, self.rules, training=False)
        self.training = walk(graph, self.rules, training=True)
        self.alive = eager(graph, self.inference, self.last, self.target.element, batch).alive()
        self.saved = saved_bytes(self.training, self.target.element, batch)
        self.first_saver: dict[int, int] = {}
        self.last_saver: dict[int, int] = {}
        for index, step in enumerate(self.training.steps):
            for storage in step.saved:
                self.first_saver.setdefault(storage, index)
                self.last_saver[storage] = index

    def figures(self, names: Iterable[str]) -> Figures:
        """Return what these layers cost as the network is."""
        return self.sum_of([self.index[name] for name in names])

    def sum_of(self, indexes: Sequence[int]) -> Figures:
        """Return what the layers at these places cost together."""
        rules = [self.rules[index] for index in indexes]
        steps = [self.inference.steps[index] for index in indexes]
        nodes = [self.graph.nodes[index] for index in indexes]
        peak = max([self.alive[index] for index in indexes], default=0)
        return self.total(nodes, rules, steps, peak, sum([self.saved[index] for index in indexes]))

    def total(
        self, nodes: Sequence[Node], rules: Sequence[Rule], steps: Sequence[Step], peak: int, saved: int
    ) -> Figures:
        """Return the sums over layers, their peak and saved bytes being known."""
        return Figures(
            macs=sum([rule.cost.macs for rule in rules]) * self.batch,
            params=sum([rule.cost.params for rule in rules]),
            activation_bytes=sum(
                [rule.elements for rule, step in zip(rules, steps, strict=True) if step.is_new]
            )
            * self.scale,
            peak_bytes=peak,
            saved_bytes=saved,
            traffic_bytes=sum(
                [
                    traffic(node, rule, step) * self.scale + rule.weights
                    for node, rule, step in zip(nodes, rules, steps, strict=True)
                ]
            ),
        )

    def open_at(self, lo: int) -> list[str]:
        """Return the tensors made before layer ``lo`` that it or a later one needs."""
        last = self.last
        made = [node.name for node in self.graph.nodes[:lo] if last[node.name] >= lo]
        return [INPUT, *made]


def traffic(node: Node, rule: Rule, step: Step) -> int:
    """Return the elements per sample a node reads and writes; a tensor read twice counts once."""
    if not step.is_new and not step.memory.writes:
        return 0
    read = dict(zip(node.inputs, rule.inputs, strict=False))
    return sum([prod(shape) for shape in read.values()]) + rule.elements
