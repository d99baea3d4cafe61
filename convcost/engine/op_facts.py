"""Asking ops, each question once: layers that are alike share their answers.

A deep network repeats a few layers many times, so answers are kept by op and input shapes
for as long as one analysis lasts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.cost import DTYPES
from convcost.errors import Diagnostic, UsageError, suggest
from convcost.exact import prod
from convcost.ir import NOTHING, SELF, Layout, Memory, Setting

if TYPE_CHECKING:
    from convcost.cost import Cost
    from convcost.ir import Graph, Node, Op, Shape, Window

Key = tuple[bool, tuple[bool, ...], tuple[Layout, ...], int]


class Platform:
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
    """An op's memory, and whether a gradient flows into its output.

    Where none does, autograd keeps nothing.
    """

    memory: Memory
    flows: bool


class Reach(NamedTuple):
    """How far an op's output positions reach, axis by axis of its inputs.

    ``axis_of``: the output axis that runs along an input axis, where there is one.
    ``still``: every output position sees the same position of each input, and that alone;
    ``across``: so it does, or it is the channels alone that it mixes or changes.
    ``regroups``: the elements stay in their order, under other axes.
    """

    windows: tuple[Window, ...]
    axis_of: dict[int, int]
    mixes_channels: bool
    still: bool
    across: bool
    regroups: bool


class OpFacts:
    """One op on one set of input shapes, and its answers so far. Sizes are per sample.

    ``cost`` is what counts here: all of ``full``, but for weights that an earlier layer has.
    """

    __slots__ = ("_answers", "_platform", "_reach", "cost", "elements", "full", "inputs", "op", "output")

    def __init__(
        self, op: Op, inputs: tuple[Shape, ...], output: Shape, platform: Platform, *, shares: bool = False
    ) -> None:
        self.op = op
        self.inputs = inputs
        self.output = output
        self.full: Cost = op.cost(inputs, output)
        self.cost = self.full.without_weights() if shares else self.full
        self.elements = prod(output)
        self._platform = platform
        self._answers: dict[Key, Answer] = {}
        self._reach: Reach | None = None

    @property
    def weights(self) -> int:
        """Bytes of the parameters and buffers that count here."""
        return self._bytes(self.cost)

    @property
    def read_weights(self) -> int:
        """Bytes of the parameters and buffers it reads, shared ones too."""
        return self._bytes(self.full)

    def _bytes(self, cost: Cost) -> int:
        """Return the bytes of parameters and buffers; a step counter is an int64 at any dtype."""
        return (cost.params + cost.buffers - cost.counters) * self._platform.element + cost.counters * 8

    @property
    def reach(self) -> Reach:
        """How far the op's output positions reach, asked once."""
        if self._reach is None:
            axes = self.op.axes(self.inputs, self.output)
            windows = self.op.windows(self.inputs, self.output)
            mixes = self.op.mixes_channels(self.inputs)
            own = axes == tuple(range(len(self.output))) and all(window == SELF for window in windows)
            across = own and all(shape[1:] == self.output[1:] for shape in self.inputs)
            still = across and not mixes and all(shape[0] == self.output[0] for shape in self.inputs)
            axis_of = {axis: after for after, axis in enumerate(axes) if axis is not None}
            self._reach = Reach(windows, axis_of, mixes, still, across, self.op.KEEPS_ORDER)
        return self._reach

    def answer(
        self, training: bool, wants: tuple[bool, ...], layouts: tuple[Layout, ...], batch: int
    ) -> Answer:
        """Return what the op allocates and keeps on inputs in this state."""
        key = (training, wants, layouts, batch)
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = self._ask(*key)
        return found

    def _ask(
        self, training: bool, wants: tuple[bool, ...], layouts: tuple[Layout, ...], batch: int
    ) -> Answer:
        platform = self._platform
        at = Setting(platform.element, platform.statistic, platform.device, training, wants, layouts, batch)
        memory = self.op.memory(self.inputs, self.output, at)
        flows = training and (self.full.params > 0 or any(wants))
        if not flows:
            memory = memory._replace(saves=(), kept=NOTHING)
        return Answer(memory, flows)


class Rules:
    """The rules of one analysis, by op and input shapes."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self._known: dict[tuple[Op, tuple[Shape, ...], bool], OpFacts] = {}

    def of(self, op: Op, inputs: tuple[Shape, ...], output: Shape, *, shares: bool = False) -> OpFacts:
        """Return the rule of this op on these inputs; ``shares``: its weights count elsewhere."""
        key = (op, inputs, shares)
        rule = self._known.get(key)
        if rule is None:
            rule = self._known[key] = OpFacts(op, inputs, output, self.platform, shares=shares)
        return rule

    def of_node(self, graph: Graph, node: Node) -> OpFacts:
        """Return the rule of a node."""
        return self.of(node.op, graph.inputs_of(node), node.shape, shares=node.shares is not None)
