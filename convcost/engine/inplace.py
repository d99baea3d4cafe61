"""Which layers may overwrite their input (docs/memory.md, "In place is legal").

Autograd notices most illegal cases late or never, so they are decided here, node by node
in order, over the storages of inference and of training at once:

1. the storage written is no input's of the network, which belongs to the caller, and no parameter's;
2. no later node reads that storage except through the result, and it is no output of the
   network; nor does another input of the node itself lie in it;
3. in training nothing earlier saved it, the op that made it included; parts of one
   storage count as overlapping;
4. it is not one of several views made by one call: torch forbids it, and no op makes such;
5. the output has the target's shape;
6. the op itself can: a leaky relu of negative slope could not tell from its output which
   elements were negative.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from convcost.engine.op_facts import Platform, Rules
from convcost.engine.storages import Walk, last_reads
from convcost.errors import Diagnostic, SpecError
from convcost.ir import CALLER, RUN, altered

if TYPE_CHECKING:
    from convcost.engine.op_facts import OpFacts
    from convcost.engine.storages import Step
    from convcost.ir import Graph, Node, Op


def settle(graph: Graph) -> Graph:
    """Return the graph with every activation written as ``act:`` in place where that is legal.

    Those written as layers, and additions and products, stay as they are. Raises SpecError,
    with one diagnostic per layer, where they ask for an in-place that is not legal.
    """
    ledger = Ledger(graph)
    settled = ledger.whole()
    ledger.raise_if_refused()
    return settled


class Resettled(NamedTuple):
    """The graph; the layers that asked to work in place and no longer may, with the reason.

    ``ledger`` holds the walks of the new graph.
    """

    graph: Graph
    lifted: tuple[tuple[str, str], ...]
    ledger: Ledger


def resettle(graph: Graph, rules: Rules | None = None) -> Resettled:
    """Decide as ``settle`` does after a transform, giving a layer a tensor of its own where that refuses.

    ``rules``: those of the run that is to take over the ledger's walks.
    """
    ledger = Ledger(graph, rules)
    settled = ledger.whole()
    return Resettled(settled, tuple([(node.name, reason) for node, reason in ledger.refused]), ledger)


class Ledger:
    """The storages so far: who reads them last, who saved them first.

    They are those of one sample: views are views at any batch, and what torch saves as it is
    of one sample it may save as a copy of several. Which rules are asked matters to sizes
    alone, not to what is decided.
    """

    def __init__(self, graph: Graph, rules: Rules | None = None) -> None:
        self.graph = graph
        self.rules = Rules(Platform("float32", "cpu")) if rules is None else rules
        self.inference = Walk(training=False)
        self.training = Walk(training=True)
        self.last = last_reads(graph)
        self.outputs = frozenset(graph.outputs)
        self.last_read: dict[int, str] = {}  # inference storage -> its tensor read last
        self.held: dict[int, str] = {}  # inference storage -> who holds it, if not the run
        self.saver: dict[int, str] = {}  # training storage -> the node that first saved it
        self.refused: list[tuple[Node, str]] = []  # who asked to work in place and may not, and why
        self.facts: list[OpFacts] = []  # of every node as it was taken
        self._twins: dict[tuple[Op, bool], Op] = {}

    def whole(self) -> Graph:
        """Decide about all nodes; where nothing changes, the graph stays itself."""
        nodes = tuple([self.settle(index, node) for index, node in enumerate(self.graph.nodes)])
        same = all(new is old for new, old in zip(nodes, self.graph.nodes, strict=True))
        return self.graph if same else replace(self.graph, nodes=nodes)

    def raise_if_refused(self) -> None:
        """Raise SpecError with one diagnostic per layer that asked for what is not legal."""
        if self.refused:
            raise SpecError(*[_refusal(node, reason) for node, reason in self.refused])

    def settle(self, index: int, node: Node) -> Node:
        """Decide about one node and take it; nodes come in the graph's order."""
        wanted = getattr(node.op, "inplace", None)
        if wanted is not None and (wanted or node.origin.act):
            eager = self._with(node, inplace=True)
            reason = self.obstacle(index, eager)
            if node.origin.act:
                node = eager if reason is None else self._with(node, inplace=False)
            elif reason is not None:
                self.refused.append((node, reason))
                node = self._with(node, inplace=False)
        self._take(node)
        return node

    def _with(self, node: Node, *, inplace: bool) -> Node:
        key = (node.op, inplace)
        if key not in self._twins:
            self._twins[key] = altered(node.op, inplace=inplace)
        op = self._twins[key]
        return node if op is node.op else replace(node, op=op)

    def obstacle(self, index: int, node: Node) -> str | None:
        """Return why this node, whose op works in place, may not, or None where it may."""
        target = node.inputs[0]
        storage = self.inference.tensors[target].storage
        if storage in self.held:
            return f"it would overwrite {self.held[storage]}"
        if self.graph.shapes[target] != node.shape:
            return f"its output is {list(node.shape)}, but {target} is {list(self.graph.shapes[target])}"
        tensor = self.last_read[storage]
        if self.last[tensor] > index:
            return self._still_needed(target, tensor)
        if any(self.inference.tensors[name].storage == storage for name in node.inputs[1:]):
            return f"another of its inputs shares the storage of {target}"
        saver = self.saver.get(self.training.tensors[target].storage)
        if saver is not None:
            return f"{saver} needs {target} as it is for the backward pass"
        own = next(iter(node.op.check(*self.graph.inputs_of(node))), None)
        return own and own.message

    def _still_needed(self, target: str, tensor: str) -> str:
        same = target if tensor == target else f"{tensor}, which shares the storage of {target},"
        if tensor in self.outputs:
            return f"{same} is an output of the network"
        return f"{same} is read later by {self.graph.nodes[self.last[tensor]].name}"

    def _take(self, node: Node) -> None:
        rule = self.rules.of_node(self.graph, node)
        self.facts.append(rule)
        step = self.inference.take(node, rule)
        storage = step.storage
        if step.memory.holder != RUN:
            self.held[storage] = "the network's input" if step.memory.holder == CALLER else "a parameter"
        before = self.last_read.get(storage)
        if before is None or self.last[node.name] > self.last[before]:
            self.last_read[storage] = node.name
        self._record(self.training.take(node, rule), node.name)

    def _record(self, step: Step, name: str) -> None:
        for storage in step.saved:
            self.saver.setdefault(storage, name)


def _refusal(node: Node, reason: str) -> Diagnostic:
    return Diagnostic("CC401", f"{node.name} cannot work in place: {reason}", node.loc, "remove inplace")
