"""Asking ops, each question once: layers that are alike share their answers.

A deep network repeats a few layers many times, so answers are kept by op and input shapes
for as long as one analysis lasts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.cost import DTYPES
from convcost.errors import Diagnostic, UsageError, suggest
from convcost.ir import CONTIGUOUS, NOTHING, Layout, Memory, Setting
from convcost.ops._formula import prod

if TYPE_CHECKING:
    from convcost.cost import Cost
    from convcost.engine.receptive_field import Reach
    from convcost.ir import Graph, Node, Op, Shape

Key = tuple[bool, tuple[bool, ...], tuple[Layout, ...]]


class Target:
    """What sizes depend on besides the graph: element and statistic bytes, the device."""

    __slots__ = ("device", "element", "statistic")

    def __init__(self, dtype: str, device: str) -> None:
        if dtype not in DTYPES:
            raise _unknown("dtype", dtype, tuple(DTYPES))
        if device not in DEVICES:
            raise _unknown("device", device, DEVICES)
        self.device = device
        self.element = DTYPES[dtype].size
        # CUDA kernels accumulate statistics in at least float32 whatever the dtype
        self.statistic = max(self.element, 4) if device == "cuda" else self.element


DEVICES = ("cpu", "cuda")


def _unknown(what: str, word: str, known: tuple[str, ...]) -> UsageError:
    notes = (f"known are {', '.join(known)}",)
    return UsageError(Diagnostic("CC900", f"unknown {what} {word!r}", hint=suggest(word, known), notes=notes))


class Answer(NamedTuple):
    """An op's memory, the inputs it copies first, and whether a gradient flows into its output.

    Where none does, autograd keeps nothing.
    """

    memory: Memory
    copies: tuple[int, ...]
    flows: bool


class Rule:
    """One op on one set of input shapes, and its answers so far. Sizes are per sample."""

    __slots__ = ("_answers", "_target", "cost", "elements", "inputs", "op", "output", "reach")

    def __init__(self, op: Op, inputs: tuple[Shape, ...], output: Shape, target: Target) -> None:
        self.op = op
        self.inputs = inputs
        self.output = output
        self.cost: Cost = op.cost(inputs, output)
        self.elements = prod(output)
        self._target = target
        self._answers: dict[Key, Answer] = {}
        self.reach: Reach | None = None

    @property
    def weights(self) -> int:
        """Bytes of parameters and buffers; a step counter is an int64 at any dtype."""
        cost = self.cost
        return (cost.params + cost.buffers - cost.counters) * self._target.element + cost.counters * 8

    def answer(self, training: bool, wants: tuple[bool, ...], layouts: tuple[Layout, ...]) -> Answer:
        """Return what the op copies, allocates and keeps on inputs in this state."""
        key = (training, wants, layouts)
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = self._ask(*key)
        return found

    def _ask(self, training: bool, wants: tuple[bool, ...], layouts: tuple[Layout, ...]) -> Answer:
        copied = self.op.copies(layouts)
        layouts = tuple([CONTIGUOUS if c else lay for c, lay in zip(copied, layouts, strict=True)])
        target = self._target
        at = Setting(target.element, target.statistic, target.device, training, wants, layouts)
        memory = self.op.memory(self.inputs, self.output, at)
        flows = training and (self.cost.params > 0 or any(wants))
        if not flows:
            memory = memory._replace(saves=(), kept=NOTHING)
        return Answer(memory, tuple([i for i, c in enumerate(copied) if c]), flows)


class Rules:
    """The rules of one analysis, by op and input shapes."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._known: dict[tuple[Op, tuple[Shape, ...]], Rule] = {}

    def of(self, op: Op, inputs: tuple[Shape, ...], output: Shape) -> Rule:
        """Return the rule of this op on these inputs."""
        key = (op, inputs)
        rule = self._known.get(key)
        if rule is None:
            rule = self._known[key] = Rule(op, inputs, output, self.target)
        return rule

    def of_node(self, graph: Graph, node: Node) -> Rule:
        """Return the rule of a node."""
        return self.of(node.op, graph.inputs_of(node), node.shape)
