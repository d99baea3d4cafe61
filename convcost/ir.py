"""The graph: shapes, nodes and what every op must answer.

Everything is per sample: the batch is applied by the engine. All types are frozen; a
transform makes a new graph.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import takewhile
from math import gcd
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, Protocol

from convcost.strides import Strided, usual
from convcost.units import sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.cost import Cost
    from convcost.errors import Loc
    from convcost.exact import PerDim

Shape = tuple[int, ...]
"""Channels, then 0 to 3 spatial sizes: ``(64, 56, 56)``; ``(1000,)`` after a flatten."""

INPUT = "input"
"""The name of a network's input, where it has one."""

OUTPUT = -1
"""In :attr:`Memory.saves`: the op's own output (other entries are input indexes)."""


class Problem(NamedTuple):
    """Why an op cannot stand on its inputs: the field at fault (or None), and a sentence."""

    field: str | None
    message: str
    hint: str | None = None


class Bytes(NamedTuple):
    """A number of bytes as a line over the batch: ``fixed + batch * per_sample``."""

    fixed: int = 0
    per_sample: int = 0

    def at(self, batch: int) -> int:
        """Return the bytes at this batch size."""
        return self.fixed + batch * self.per_sample


NOTHING = Bytes()


Layout = tuple[int, ...] | None
"""A tensor's strides in elements, the batch's first; None where they are those of a new tensor."""

CONTIGUOUS: Layout = None


class Setting(NamedTuple):
    """What a memory rule may know: dtype and device sizes, mode, and its inputs' state.

    ``element`` and ``statistic`` are bytes (of the dtype, of a norm's statistics);
    ``wants_grad`` and ``layouts`` have one entry per input. Bytes are a line over the batch, but
    what is a view and what is a copy depends on whether the batch is 1.
    """

    element: int
    statistic: int
    device: str
    training: bool
    wants_grad: tuple[bool, ...]
    layouts: tuple[Layout, ...]
    batch: int = 1

    @property
    def plain(self) -> bool:
        """Whether every input lies as a new tensor does."""
        return all(layout is None for layout in self.layouts)

    def input(self, inputs: tuple[Shape, ...], place: int = 0) -> Strided:
        """Return an input with its batch and strides."""
        sizes = self.sizes(inputs[place])
        layout = self.layouts[place]
        return usual(sizes) if layout is None else Strided(sizes, layout)

    def sizes(self, shape: Shape) -> tuple[int, ...]:
        """Return a shape with the batch."""
        return (self.batch, *shape)


def layout_of(tensor: Strided) -> Layout:
    """Return a tensor's layout."""
    return None if tensor == usual(tensor.sizes) else tensor.strides


RUN = "run"
CALLER = "caller"
WEIGHTS = "weights"


class Memory(NamedTuple):
    """What an op allocates and what autograd keeps of it (docs/memory.md).

    ``view_of``: the input whose storage the output shares, None for a new storage.
    ``writes``: the output overwrites that storage (in place), rather than viewing it.
    ``saves``: existing tensors autograd keeps: input indexes or OUTPUT.
    ``kept``: new storages autograd keeps: masks, statistics, indices, private copies.
    ``temporary``: the most that is alive while the op runs besides inputs and output.
    ``layout``: of the output.
    ``holder``: who holds a new storage: the RUN, which frees it after its last reader; the
    CALLER throughout, as of a network's input; or the WEIGHTS, where it counts already.
    """

    view_of: int | None = None
    writes: bool = False
    saves: tuple[int, ...] = ()
    kept: Bytes = NOTHING
    temporary: Bytes = NOTHING
    layout: Layout = CONTIGUOUS
    holder: str = RUN


class Window(NamedTuple):
    """What output position ``p`` of one spatial dim reads: the input positions ``i`` from
    ⌊(step·p + first) / per⌋ to ⌊(step·p + last) / per⌋, none where that is empty.

    ``every``: only those for which ``every`` divides step·p + last - per·i (dilation).
    ``beyond``: how many more on both sides where the two ends differ (a cubic's outer taps).
    ``edge``: where positions outside of the input lie, "reflect" or "replicate"; "": nowhere.
    """

    step: int
    first: int
    last: int
    per: int = 1
    every: int = 1
    beyond: int = 0
    edge: str = ""

    @classmethod
    def whole(cls, size: int) -> Window:
        """Return the window of an op whose every output position reads all ``size`` positions."""
        return cls(0, 0, size - 1)

    @property
    def span(self) -> int:
        """From the first position read to the last, of a window that divides by nothing."""
        return self.last - self.first + 1

    def ends(self, place: int) -> tuple[int, int]:
        """Return the first and the last position that output position ``place`` may read."""
        low = (self.step * place + self.first) // self.per
        high = (self.step * place + self.last) // self.per
        more = self.beyond * (high - low)
        return low - more, high + more

    def taps(self, place: int) -> range:
        """Return the positions that output position ``place`` reads, whether they exist or not."""
        low, high = self.ends(place)
        if self.every == 1:
            return range(low, high + 1)
        apart = self.every // gcd(self.per, self.every)
        ahead = self.step * place + self.last
        for top in range(high, max(low, high - apart + 1) - 1, -1):
            if (ahead - self.per * top) % self.every == 0:
                return range(top - (top - low) // apart * apart, top + 1, apart)
        return range(0)


SELF = Window(1, 0, 0)
"""The window of an op whose output positions each read their own."""


Group = Literal[
    "activation",
    "conv",
    "dropout",
    "gate",
    "global_pool",
    "input",
    "join",
    "linear",
    "norm",
    "other",
    "pool",
    "resize",
    "view",
    "weights",
]
"""What kind of op it is, by which what surrounds a layer is judged: add and concat join, mul gates."""


class Op(Protocol):
    """What the engine asks of an op. ``ops/_base.py`` implements the common part."""

    __dataclass_fields__: ClassVar[dict[str, Any]]  # every op is a frozen dataclass
    NAME: ClassVar[str]
    GROUP: ClassVar[Group]
    KEEPS_ORDER: ClassVar[bool]

    def check(self, *inputs: Shape) -> Iterator[Problem]:
        """Yield what makes the op invalid on these inputs."""

    def shape(self, *inputs: Shape) -> Shape:
        """Return the output's shape; only called when ``check`` yields nothing."""

    def cost(self, inputs: tuple[Shape, ...], output: Shape) -> Cost:
        """Return the raw counters per sample."""

    def memory(self, inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
        """Return what it allocates and what autograd keeps."""

    def windows(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[Window, ...]:
        """Return one window per spatial dim of the input; () where each position sees itself."""

    def axes(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int | None, ...]:
        """Return for every axis of the output the axis of the inputs along which it runs.

        Axis 0 is the channels; None runs along no single one. An input axis that is
        missing is read whole by every output position. Receptive fields follow these, so
        that a permute to channels last and back mixes no positions.
        """

    def mixes_channels(self, inputs: tuple[Shape, ...]) -> bool:
        """Return whether an output position reads the whole of axis 0.

        It matters where a permute has laid a spatial dim on axis 0.
        """

    def untrainable(self, inputs: tuple[Shape, ...], batch: int) -> str | None:
        """Return why torch refuses to train the op at this batch, None where it doesn't."""

    def to_torch(self, *inputs: Shape) -> Any:
        """Return the op as a ``torch.nn.Module``."""


class ConvOp(Op, Protocol):
    """What the 1×1 question asks of a convolution, transposed or not."""

    @property
    def out(self) -> int:
        """Output channels."""

    @property
    def kernel(self) -> PerDim:
        """Kernel sizes."""

    @property
    def stride(self) -> PerDim:
        """Steps between windows."""

    @property
    def groups(self) -> int:
        """Channel groups that do not mix."""

    @property
    def bias(self) -> bool:
        """Whether it adds a learned constant per output channel."""

    def pads(self, x: Shape) -> tuple[tuple[int, int], ...]:
        """Return the padding before and after, per dim, for this input."""


def altered(op: Op, **fields: Any) -> Op:
    """Return an op with other values in some fields: itself where it has them already."""
    if all(getattr(op, name) == value for name, value in fields.items()):
        return op
    return replace(op, **fields)


class Origin(NamedTuple):
    """Where a node comes from: a declared role, a residual's shortcut, an ``act:`` field."""

    role: str | None = None
    shortcut: bool = False
    act: bool = False


PLAIN = Origin()


@dataclass(frozen=True, slots=True)
class Node:
    """One layer: an op, the names of the tensors it reads, and its output's shape.

    ``like`` names tensors whose shape alone is read (``crop: {like: x}``): they are
    passed to ``check``, ``shape``, ``cost`` and ``memory`` after the inputs, never at run time.
    ``shares`` names the earlier node whose weights it uses; they count there alone.
    """

    name: str
    op: Op
    inputs: tuple[str, ...]
    shape: Shape
    loc: Loc | None = None
    origin: Origin = PLAIN
    like: tuple[str, ...] = ()
    shares: str | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """A network: topologically ordered nodes, each name once, and its outputs' names.

    Inputs are nodes, and come first. ``name``, ``spec`` and ``variant`` say where the network
    comes from. ``shapes`` (per sample) has every tensor's, ``inputs`` those of the inputs.
    """

    name: str
    nodes: tuple[Node, ...]
    outputs: tuple[str, ...]
    spec: str = ""
    variant: str | None = None
    shapes: dict[str, Shape] = field(init=False, repr=False, compare=False)
    inputs: dict[str, Shape] = field(init=False, repr=False, compare=False)

    def __repr__(self) -> str:
        shapes = " and ".join(map(sizes, self.inputs.values()))
        label = f"{self.name}@{self.variant}" if self.variant else self.name
        return f"<Graph {label}: {shapes}, {len(self.layers)} layers>"

    def __post_init__(self) -> None:
        object.__setattr__(self, "shapes", {node.name: node.shape for node in self.nodes})
        first = takewhile(lambda node: node.op.GROUP == "input", self.nodes)
        object.__setattr__(self, "inputs", {node.name: node.shape for node in first})

    @property
    def layers(self) -> tuple[Node, ...]:
        """The nodes but for the inputs."""
        return self.nodes[len(self.inputs) :]

    @property
    def input(self) -> Shape:
        """The shape of the first input, which most networks have alone."""
        return next(iter(self.inputs.values()))

    def inputs_of(self, node: Node) -> tuple[Shape, ...]:
        """Return the shapes a node's op is asked about: of its inputs, then of its likes."""
        return tuple(self.shapes[name] for name in node.inputs + node.like)

    def readers(self) -> dict[str, list[Node]]:
        """Return for every tensor the nodes that read it, in order (each once)."""
        found: dict[str, list[Node]] = {name: [] for name in self.shapes}
        for node in self.nodes:
            for name in dict.fromkeys(node.inputs):
                found[name].append(node)
        return found

    def check(self) -> Iterator[str]:
        """Yield what is wrong with the graph.

        Every name is there once, and before what reads it; every layer can be where it is, and
        has the shape its op makes there; whose weights it shares is alike; the outputs exist.
        """
        known: dict[str, Node] = {}
        seen: set[tuple[Op, tuple[Shape, ...], Shape]] = set()
        for node in self.nodes:
            if node.name in known:
                yield f"there are two layers {node.name}"
            unknown = [name for name in (*node.inputs, *node.like) if name not in known]
            if unknown:
                yield f"{node.name} reads {unknown[0]}, which no layer before it makes"
                continue
            known[node.name] = node
            asked = (node.op, tuple([known[name].shape for name in (*node.inputs, *node.like)]), node.shape)
            if asked not in seen:
                seen.add(asked)
                yield from _misfits(node, asked[1])
            if node.shares is not None and (node.shares not in known or known[node.shares].op != node.op):
                yield f"{node.name} shares the weights of {node.shares}, which is not alike"
        yield from [f"there is no layer {name} to put out" for name in self.outputs if name not in known]


def _misfits(node: Node, inputs: tuple[Shape, ...]) -> Iterator[str]:
    problem = next(iter(node.op.check(*inputs)), None)
    if problem is not None:
        yield f"{node.name}: {problem.message}"
    elif node.op.shape(*inputs) != node.shape:
        yield f"{node.name} has the shape {list(node.shape)}, but makes {list(node.op.shape(*inputs))}"
