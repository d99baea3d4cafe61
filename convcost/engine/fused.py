"""The peak an inference runtime can reach: the `fused` policy. Analytic only.

Exactly this is assumed, in the order of the nodes:

- a norm with running statistics that is the sole reader of a convolution or linear layer
  is folded into its weights: its output is that layer's;
- an activation, and an addition into the first operand where it may, works in place where
  that is legal in inference: the storage is the tensor's alone and not the network input's, no
  later node reads it except through the result, no other operand lies in it, and the shapes agree;
- a concat's inputs are written by their producers where they belong in the concat's storage,
  which is reserved when the first of them is written, where that does not raise the peak; where
  it does, the earliest are copied instead, as many as need be. A tensor can be in one place
  only: an input that fills no storage of its own (a slice, the network's input, a part of an
  earlier concat, the same tensor again) is copied, too. A concat that is whole inside a later
  concat shares the later one's storage;
- the network's inputs are free after their last reader;
- nothing has temporaries, indices or private copies, apart from a view that cannot be one
  (a flatten of a permuted tensor), which is a new tensor.

So it is never above the eager peak.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from convcost.engine.peak import Lifetime, Timeline
from convcost.exact import prod
from convcost.ir import RUN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from convcost.engine.op_facts import OpFacts
    from convcost.engine.storages import Walk
    from convcost.ir import Graph, Node

FOLDS_NORM = frozenset({"conv", "linear"})


class Place:
    """A storage: its size in elements per sample, its maker, when it is alive and when overwritten."""

    __slots__ = ("born", "dies", "elements", "maker", "whole", "writes")

    def __init__(self, maker: str, elements: int, born: int) -> None:
        self.maker = maker
        self.elements = elements
        self.born = born
        self.dies = born
        self.writes: list[int] = []
        self.whole: Place | None = None  # the concat's that it has become a part of


class Fusion:
    """Places every tensor of a graph by the rules above, concats apart."""

    def __init__(self, graph: Graph, walk: Walk, last: Mapping[str, int]) -> None:
        self.shapes = graph.shapes
        self.last = dict(last) | _last_of_inputs(graph)
        self.walk = walk
        self.places: dict[str, Place] = {}
        self.outside: set[Place] = set()  # those that belong to the caller or to the weights
        self.reads: dict[str, int] = dict.fromkeys(graph.outputs, 1)
        for node in graph.nodes:
            for name in dict.fromkeys(node.inputs):
                self.reads[name] = self.reads.get(name, 0) + 1

    def take(self, index: int, node: Node, rule: OpFacts, before: Mapping[str, str]) -> None:
        """Place a node's output; ``before`` gives the group of each tensor's maker."""
        step = self.walk.steps[index]
        if step.memory.holder != RUN:
            place = Place(node.name, self.walk.elements[step.storage], 0)
            self.outside.add(place)
        elif not step.is_new:
            place = self.places[node.inputs[step.memory.view_of or 0]]
        else:
            host = self._host(index, node, rule, before)
            place = Place(node.name, rule.elements, index) if host is None else self.places[host]
        if place.born < index and (step.is_new or step.memory.writes):
            place.writes.append(index)
        place.dies = max(place.dies, self.last[node.name])
        self.places[node.name] = place

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
        place = self.places[name]
        return (
            place not in self.outside
            and place.dies <= index
            and self.shapes[name] == node.shape
            and place.elements == prod(node.shape)
            and [self.places[other] for other in node.inputs].count(place) == 1
        )


def _last_of_inputs(graph: Graph) -> dict[str, int]:
    """Return the last reader of each of the network's inputs: here its caller does not hold it."""
    last = dict.fromkeys(graph.inputs, 0)
    for index, node in enumerate(graph.nodes):
        last.update((name, index) for name in node.inputs if name in last)
    last.update((name, len(graph.nodes)) for name in graph.outputs if name in last)
    return last


class Gathering:
    """Lets concats' parts be written in place, one concat after another, where no peak rises."""

    def __init__(self, places: Iterable[Place], length: int) -> None:
        changes = [0] * (length + 2)
        for place in places:
            changes[place.born] += place.elements
            changes[place.dies + 1] -= place.elements
        self.alive = list(accumulate(changes))

    def take(self, index: int, whole: Place, parts: Sequence[Place]) -> None:
        """Gather as many of these parts as may be, the latest first."""
        parts = sorted([part for part in parts if _fits(index, whole, part)], key=lambda part: part.born)
        while parts and not self._gather(whole, parts):
            parts = parts[1:]

    def _gather(self, whole: Place, parts: Sequence[Place]) -> bool:
        start, end = min(part.born for part in parts), max(place.dies for place in (whole, *parts))
        changes = [0] * (end - start + 2)
        changes[0] = whole.elements
        for place in (whole, *parts):
            changes[place.born - start] -= place.elements
            changes[place.dies - start + 1] += place.elements
        now = self.alive[start : end + 1]
        after = [n + change for n, change in zip(now, accumulate(changes), strict=False)]
        if max(after) > max(now):
            return False
        self.alive[start : end + 1] = after
        whole.born, whole.dies = start, end
        for part in parts:
            part.whole = whole
            whole.writes += part.writes
        return True


def _fits(index: int, whole: Place, part: Place) -> bool:
    """Whether a tensor survives in the storage of the concat that node ``index`` makes.

    Neither may be overwritten while the other is needed.
    """
    kept = all(write <= index for write in part.writes)
    return kept and all(write <= index or part.dies < write for write in whole.writes)


def fused(
    graph: Graph, rules: Sequence[OpFacts], walk: Walk, last: Mapping[str, int], scale: int
) -> Timeline:
    """Return the run of a fusing runtime; ``scale`` is bytes per element times the batch."""
    fusion = Fusion(graph, walk, last)
    groups: dict[str, str] = {}
    for index, (node, rule) in enumerate(zip(graph.nodes, rules, strict=True)):
        fusion.take(index, node, rule, groups)
        groups[node.name] = node.op.GROUP
    places = dict.fromkeys(fusion.places.values())
    gathering = Gathering(places, len(graph.nodes))
    for index, node in enumerate(graph.nodes):
        if node.op.NAME == "concat":
            gathering.take(index, fusion.places[node.name], _parts(fusion, node))
    storages = [
        Lifetime(place.maker, place.elements * scale, place.born, place.dies)
        for place in places
        if place.whole is None
    ]
    return Timeline("fused", frozenset(graph.inputs), tuple(groups), storages, [0] * len(groups))


def _parts(fusion: Fusion, node: Node) -> list[Place]:
    """Return the storages that a concat's inputs fill and that are in no other concat."""
    own = fusion.places[node.name]
    filled = {
        fusion.places[name]: None
        for name in node.inputs
        if fusion.places[name].elements == prod(fusion.shapes[name])
    }
    return [
        place for place in filled if place.whole is None and place is not own and place not in fusion.outside
    ]
