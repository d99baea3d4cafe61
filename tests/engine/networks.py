"""Networks for tests: by hand, node after node, and drawn by hypothesis from all ops there are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from convcost.exact import prod
from convcost.ir import INPUT, PLAIN, Graph, Node, Origin
from convcost.ops import INDEX, op_class
from convcost.ops._input import Input
from tests.ops.strategies import anything, image_shapes

if TYPE_CHECKING:
    from convcost.ir import Op, Shape

LARGEST = 4_000
"""Elements of a tensor, so that drawn networks stay fast."""

WRITTEN_AS_ACT = Origin(act=True)


def input_node(shape: Shape) -> Node:
    """Return the input of a network as its first node."""
    return Node(INPUT, Input(size=shape), (), shape)


class Builder:
    """Grows a graph: ``name = net.conv(name, out=8, kernel=3)``; shapes follow from the ops."""

    def __init__(self, *shape: int) -> None:
        self.shapes: dict[str, Shape] = {INPUT: shape}
        self.nodes: list[Node] = []

    def add_op(
        self, op: Op, *inputs: str, origin: Origin = PLAIN, name: str | None = None, like: str = ""
    ) -> str:
        """Append a node and return its name; the op must be able to stand there."""
        likes = (like,) if like else ()
        shapes = [self.shapes[i] for i in (*inputs, *likes)]
        assert [] == list(op.check(*shapes))
        name = name or f"{op.NAME}{len(self.nodes)}"
        self.shapes[name] = op.shape(*shapes)
        self.nodes.append(Node(name, op, inputs, self.shapes[name], None, origin, likes))
        return name

    def __getattr__(self, op: str) -> Any:
        def append(
            *inputs: str, act: bool = False, name: str | None = None, like: str = "", **fields: Any
        ) -> str:
            origin = WRITTEN_AS_ACT if act else PLAIN
            return self.add_op(op_class(op)(**fields), *inputs, origin=origin, name=name, like=like)

        return append

    def graph(self, *outputs: str) -> Graph:
        """Return the graph; without names, its outputs are what nobody reads."""
        read = {name for node in self.nodes for name in node.inputs}
        free = tuple(node.name for node in self.nodes if node.name not in read)
        result = Graph("drawn", (input_node(self.shapes[INPUT]), *self.nodes), outputs or free)
        assert [] == list(result.check())
        return result


JOINS = tuple(name for name in INDEX if op_class(name).ARITY not in {(0, 0), (1, 1)})
COMMON = ("conv", "bn", "relu", "dropout", "slice", "flatten", "linear", "permute", "max_pool")
CHAIN = tuple(name for name in (*INDEX, *COMMON * 3) if name in INDEX and op_class(name).ARITY == (1, 1))
"""The ops that follow one tensor; those that matter most for storages come oftener."""


@st.composite
def networks(draw: st.DrawFn, *, most: int = 12) -> Graph:
    """Draw a network: chains, branches, residuals, gates, slices, several outputs.

    Ops that can work in place are written as ``act:``, so that ``settle`` decides.
    """
    dims = draw(st.sampled_from((1, 2, 2, 2, 3)))
    net = Builder(*draw(image_shapes(dims, channels=(1, 6), sizes=(3, 8))))
    names = [INPUT]
    for _ in range(draw(st.integers(1, most))):
        grow = draw(st.sampled_from((*[_chain] * 5, _join, _join, _gate, _attend, _own)))
        added = grow(draw, net, names)
        if added is not None:
            names.append(added)
    if len(names) == 1:
        names.append(net.relu(INPUT))
    return net.graph()


def _pick(draw: st.DrawFn, names: list[str]) -> str:
    """Draw a tensor: often the latest, so that networks grow deep."""
    return draw(st.one_of(st.just(names[-1]), st.just(names[-1]), st.sampled_from(names[-5:])))


def _fitting(ops: tuple[str, ...], shape: Shape) -> list[str]:
    """Return the ops that take a tensor of this rank."""
    return [name for name in ops if len(shape) - 1 in op_class(name).DIMS]


def _chain(draw: st.DrawFn, net: Builder, names: list[str]) -> str | None:
    source = _pick(draw, names)
    drawn = draw(anything(draw(st.sampled_from(_fitting(CHAIN, net.shapes[source]))), net.shapes[source]))
    cls = type(drawn.op)
    if not cls.LIKE:
        return _append(draw, net, drawn.op, (source,))
    like = draw(st.sampled_from(names))
    return _append(draw, net, drawn.op, (source,), like=like)


def _join(draw: st.DrawFn, net: Builder, names: list[str]) -> str | None:
    first = _pick(draw, names)
    op = draw(anything(draw(st.sampled_from(_fitting(JOINS, net.shapes[first]))), net.shapes[first])).op
    low, high = op.ARITY
    beside = [name for name in names if net.shapes[name][1:] == net.shapes[first][1:]]
    others = draw(st.lists(st.sampled_from(beside), min_size=low - 1, max_size=(high or low + 1) - 1))
    return _append(draw, net, op, (first, *others))


def _gate(draw: st.DrawFn, net: Builder, names: list[str]) -> str | None:
    """Squeeze and excite, whole or without the sigmoid."""
    source = _pick(draw, names)
    if len(net.shapes[source]) - 1 not in {1, 2, 3}:
        return None
    gate = net.conv(net.global_avg_pool(source), out=net.shapes[source][0], kernel=1)
    if draw(st.booleans()):
        gate = net.sigmoid(gate)
    return _append(draw, net, op_class("mul")(), (source, gate))


def _own(draw: st.DrawFn, net: Builder, names: list[str]) -> str | None:
    """A tensor of the network's own, joined to another one."""
    source = _pick(draw, names)
    kind = draw(st.sampled_from(("parameter", "constant")))
    tensor = net.add_op(op_class(kind)(shape=net.shapes[source]))
    op = op_class("elementwise")(function=draw(st.sampled_from(("add", "mul", "div", "maximum"))))
    return _append(draw, net, op, draw(st.permutations((source, tensor))))


def _attend(draw: st.DrawFn, net: Builder, names: list[str]) -> str | None:
    """Rows of positions that look at each other: by products, or by attention itself."""
    source = _pick(draw, names)
    channels = net.shapes[source][0]
    columns = net.reshape(source, shape=(channels, -1))
    rows = net.permute(columns, order=(1, 0))
    if draw(st.booleans()):
        return net.attention(rows, rows, net.linear(rows, out=channels, axis=-1))
    scores = net.softmax(net.matmul(rows, columns))
    return net.permute(net.matmul(scores, rows), order=(1, 0))


def _append(draw: st.DrawFn, net: Builder, op: Op, inputs: tuple[str, ...], like: str = "") -> str | None:
    shapes = [net.shapes[name] for name in (*inputs, like) if name]
    ranks = {len(shape) for shape in shapes}
    if len(ranks) > 1 or any(True for _ in op.check(*shapes)) or not 0 < prod(op.shape(*shapes)) <= LARGEST:
        return None
    if not hasattr(op, "inplace"):
        return net.add_op(op, *inputs, like=like)
    act = draw(st.booleans())
    return net.add_op(replace(op, inplace=False), *inputs, origin=WRITTEN_AS_ACT if act else PLAIN, like=like)
