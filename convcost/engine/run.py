"""A network walked once: its rules, its storages, what is alive and saved when.

The figures of any of its layers follow from it, and those of a changed network (splice.py).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from convcost.cost import MAX_BATCH
from convcost.engine.fused import fused
from convcost.engine.inplace import Ledger
from convcost.engine.op_facts import Platform, Rules
from convcost.engine.peak import eager
from convcost.engine.saved import saved_bytes
from convcost.engine.storages import last_reads, rules_of, walk
from convcost.engine.totals import add_costs
from convcost.errors import Diagnostic, UsageError
from convcost.exact import prod
from convcost.report import Figures, Totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from convcost.engine.op_facts import OpFacts
    from convcost.engine.storages import Step, Walk
    from convcost.ir import Graph, Node
    from convcost.report import Peak


class Run:
    """A network's walks, and what is alive and saved when: the ground changes are judged on.

    ``ledger``: that of the graph's settling under the same rules, whose walks are taken over.
    Raises UsageError for an unknown dtype or device, and for a batch below 1 or above ``MAX_BATCH``.
    """

    def __init__(
        self,
        graph: Graph,
        batch: int = 1,
        dtype: str = "float32",
        device: str = "cpu",
        ledger: Ledger | None = None,
    ) -> None:
        if batch < 1:
            raise UsageError(Diagnostic("CC901", f"batch must be at least 1, not {batch}"))
        if batch > MAX_BATCH:
            raise UsageError(Diagnostic("CC901", f"batch must be at most {MAX_BATCH:,}"))
        self.graph = graph
        self.batch = batch
        self.dtype = dtype
        self.device = device
        self.platform = Platform(dtype, device)
        self.scale = self.platform.element * batch
        self.known = Rules(self.platform) if ledger is None else ledger.rules
        self.rules = rules_of(graph, self.known) if ledger is None else ledger.facts
        self.last = last_reads(graph) if ledger is None else ledger.last
        self.inference = self._walk(ledger, training=False)
        self.training = self._walk(ledger, training=True)
        self.timeline = eager(graph, self.inference, self.last, self.platform.element, batch)
        self.alive = self.timeline.alive()
        self.saved = saved_bytes(self.training, self.platform.element, batch)
        self.index = {node.name: index for index, node in enumerate(graph.nodes)}
        self.savers: dict[int, tuple[int, int]] = {}  # storage -> its first and last saver
        for index, step in enumerate(self.training.steps):
            for storage in step.saved:
                self.savers[storage] = (self.savers.get(storage, (index, index))[0], index)

    def _walk(self, ledger: Ledger | None, *, training: bool) -> Walk:
        """Return the walk at this batch: the ledger's, which is of one sample, where it holds."""
        if ledger is not None:
            known = ledger.training if training else ledger.inference
            if known.holds_at(self.batch):
                return known
        return walk(self.graph, self.rules, training, self.batch)

    @classmethod
    def settled(cls, graph: Graph, batch: int = 1, dtype: str = "float32", device: str = "cpu") -> Run:
        """Decide what works in place as ``settle`` does and walk the network, both at once."""
        ledger = Ledger(graph, Rules(Platform(dtype, device)))
        settled = ledger.whole()
        ledger.raise_if_refused()
        return cls(settled, batch, dtype, device, ledger)

    @cached_property
    def fused(self) -> Peak:
        """The peak an inference runtime can reach."""
        timeline = fused(self.graph, self.rules, self.inference, self.last, self.scale)
        return timeline.peak(timeline.alive())

    def totals(self) -> Totals:
        """Return the whole network's figures."""
        sums = self.sum_of(range(len(self.rules)))
        return Totals(
            cost=add_costs([rule.cost for rule in self.rules]).at(self.batch),
            weight_bytes=sum([rule.weights for rule in self.rules]),
            activation_bytes=sums.activation_bytes,
            peak_bytes=self.timeline.peak(self.alive).bytes,
            saved_bytes=sums.saved_bytes,
            traffic_bytes=sums.traffic_bytes,
        )

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
        self, nodes: Sequence[Node], rules: Sequence[OpFacts], steps: Sequence[Step], peak: int, saved: int
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
                    traffic(node, rule, step) * self.scale + rule.read_weights
                    for node, rule, step in zip(nodes, rules, steps, strict=True)
                ]
            ),
        )

    def open_before(self, places: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """Return for each of these places the tensors made before it that are needed from there on.

        One pass over the network, however many places.
        """
        wanted = set(places)
        open_now: dict[str, None] = {}  # a dict, since it keeps the order and forgets fast
        ending: dict[int, list[str]] = {}
        result: dict[int, tuple[str, ...]] = {}
        for index, node in enumerate(self.graph.nodes):
            for name in ending.pop(index, ()):
                open_now.pop(name, None)
            if index in wanted:
                result[index] = tuple(open_now)
            open_now[node.name] = None
            ending.setdefault(self.last[node.name] + 1, []).append(node.name)
        return result


def traffic(node: Node, rule: OpFacts, step: Step) -> int:
    """Return the elements per sample a node reads and writes; a tensor read twice counts once."""
    if not step.is_new and not step.memory.writes:
        return 0
    if len(node.inputs) == 1:
        return prod(rule.inputs[0]) + rule.elements
    read = dict(zip(node.inputs, rule.inputs, strict=False))
    return sum([prod(shape) for shape in read.values()]) + rule.elements
