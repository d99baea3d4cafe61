"""What a network would cost with a few neighbouring layers changed, without walking all of it.

The rest of the network sees the same tensors, so only the changed stretch is walked anew:
its layers, the storages alive beside it, and what autograd keeps on its account.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcost.engine.op_facts import OpFacts
    from convcost.engine.run import Run
    from convcost.engine.storages import Walk
    from convcost.ir import Node, Shape
    from convcost.report import Figures


class Stretch(NamedTuple):
    """Layers ``lo`` to ``hi`` of a run, to be replaced by ``nodes``.

    ``renamed``: what is read after the stretch under another name, old to new.
    ``counted``: the names of the new layers whose figures are wanted; None: all.
    """

    lo: int
    hi: int
    nodes: Sequence[Node]
    renamed: Mapping[str, str]
    counted: frozenset[str]


class Splice:
    """A changed stretch, walked in inference and in training."""

    def __init__(self, run: Run, stretch: Stretch, opened: Sequence[str]) -> None:
        self.run = run
        self.stretch = stretch
        self.opened = opened
        self.rules = self._rules()
        self.inference = self._walk(run.inference)
        self.training = self._walk(run.training)

    def _rules(self) -> list[OpFacts]:
        shapes: dict[str, Shape] = {}
        base = self.run.graph.shapes
        result = []
        for node in self.stretch.nodes:
            inputs = tuple([shapes.get(name) or base[name] for name in node.inputs + node.like])
            result.append(self.run.known.of(node.op, inputs, node.shape, shares=node.shares is not None))
            shapes[node.name] = node.shape
        return result

    def _walk(self, base: Walk) -> Walk:
        branch = base.branch()
        for node, rule in zip(self.stretch.nodes, self.rules, strict=True):
            branch.take(node, rule)
        return branch

    def fits(self) -> bool:
        """Whether what follows the stretch sees its tensors as it did: as fresh, laid out alike."""
        walks = ((self.run.inference, self.inference), (self.run.training, self.training))
        return all(self._alike(old, *pair) for old in self._survivors() for pair in walks)

    def _alike(self, name: str, before: Walk, after: Walk) -> bool:
        old, new = before.tensors[name], after.tensors[self.stretch.renamed.get(name, name)]
        steps = before.steps[self.stretch.lo : self.stretch.hi + 1]
        was_own = any(step.is_new and step.storage == old.storage for step in steps)
        is_own = new.storage >= before.count
        same = was_own if is_own else old.storage == new.storage
        return same and old.wants_grad == new.wants_grad and old.layout == new.layout

    def _survivors(self) -> list[str]:
        """Return the old names of tensors made in the stretch and needed after it."""
        run, (lo, hi) = self.run, (self.stretch.lo, self.stretch.hi)
        return [node.name for node in run.graph.nodes[lo : hi + 1] if run.last[node.name] > hi]

    def figures(self) -> Figures:
        """Return what the counted layers cost; saved bytes are the change to the network's."""
        counted = [i for i, node in enumerate(self.stretch.nodes) if node.name in self.stretch.counted]
        alive = self._alive()
        return self.run.total(
            [self.stretch.nodes[i] for i in counted],
            [self.rules[i] for i in counted],
            [self.inference.steps[i] for i in counted],
            max([alive[i] for i in counted], default=0),
            self._saved_change(),
        )

    # --- alive ---------------------------------------------------------------------------

    def _alive(self) -> list[int]:
        """Return the bytes alive while each new layer runs."""
        count, scale, batch = len(self.stretch.nodes), self.run.scale, self.run.batch
        changes = [0] * (count + 1)
        elements, births = self.inference.elements, self._births()
        for storage, dies in self._deaths().items():
            changes[births.get(storage, 0)] += elements[storage] * scale
            changes[min(dies, count - 1) + 1] -= elements[storage] * scale
        steps = self.inference.steps
        extra = [step.memory.temporary.at(batch) for step in steps]
        return [held + more for held, more in zip(accumulate(changes), extra, strict=False)]

    def _births(self) -> dict[int, int]:
        births: dict[int, int] = {}
        for index, step in enumerate(self.inference.steps):
            if step.is_new:
                births.setdefault(step.storage, index)
        return births

    def _deaths(self) -> dict[int, int]:
        """Return the new layer after which each storage dies; past the last: it lives on."""
        run, stretch = self.run, self.stretch
        end = len(stretch.nodes)
        last = self._last_here()
        deaths: dict[int, int] = {}
        for name in self.opened:
            dies = end if run.last[name] > stretch.hi else last.get(name, -1)
            storage = run.inference.tensors[name].storage
            deaths[storage] = max(deaths.get(storage, -1), dies)
        for index, node in enumerate(stretch.nodes):
            storage = self.inference.steps[index].storage
            dies = max(last.get(node.name, index), index)
            deaths[storage] = max(deaths.get(storage, -1), dies)
        for old in self._survivors():
            deaths[self.inference.tensors[stretch.renamed.get(old, old)].storage] = end
        return {storage: dies for storage, dies in deaths.items() if dies >= 0}

    def _last_here(self) -> dict[str, int]:
        return {name: index for index, node in enumerate(self.stretch.nodes) for name in node.inputs}

    # --- saved ---------------------------------------------------------------------------

    def _saved_change(self) -> int:
        """Return by how much the network's saved bytes change."""
        run, (lo, hi) = self.run, (self.stretch.lo, self.stretch.hi)
        before = run.training.steps[lo : hi + 1]
        scale, batch = run.scale, run.batch
        kept = sum([step.memory.kept.at(batch) for step in self.training.steps])
        kept -= sum([step.memory.kept.at(batch) for step in before])
        old = {storage for step in before for storage in step.saved if not self._saved_outside(storage)}
        new = {storage for step in self.training.steps for storage in step.saved}
        new -= {storage for storage in new if self._saved_outside(self._as_before(storage))}
        elements, now = run.training.elements, self.training.elements
        return kept + (sum([now[s] for s in new]) - sum([elements[s] for s in old])) * scale

    def _saved_outside(self, storage: int) -> bool:
        savers = self.run.savers.get(storage)
        return savers is not None and (savers[0] < self.stretch.lo or savers[1] > self.stretch.hi)

    def _as_before(self, storage: int) -> int:
        """Return the storage that stood, in the old run, where a new one stands."""
        if storage < self.run.training.count:
            return storage
        for old in self._survivors():
            if self.training.tensors[self.stretch.renamed.get(old, old)].storage == storage:
                return self.run.training.tensors[old].storage
        return -1
