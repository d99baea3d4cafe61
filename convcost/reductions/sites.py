"""Where a 1×1 reduction is: what lies between it and its readers, and whether it can be removed.

A *tail* is what a tensor's readers come to through norms, activations and dropouts. A *site*
is a reduction with its tail; where the spatial convolution after it feeds only a widening
1×1, that belongs to the site too, a *sandwich*.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from convcost.exact import spread
from convcost.ir import altered
from convcost.pointwise import convolution, is_pointwise, is_spatial, is_wide
from convcost.rewire import Edit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.exact import PerDim
    from convcost.ir import Graph, Group, Node, Op

SEEN_THROUGH: frozenset[Group] = frozenset({"norm", "activation", "dropout"})
THROUGH_SUMS = frozenset({"add", "upsample", "crop"})
"""The ops between a feature pyramid's lateral convolutions and what reads their sums."""


class Tail(NamedTuple):
    """What reads a tensor: the layers seen through, then the ``ends``.

    ``leak`` names a tensor on the way that is an output of the network, or whose shape
    another layer copies (``like:``).
    """

    between: tuple[Node, ...]
    ends: tuple[Node, ...]
    leak: str | None


class Site(NamedTuple):
    """A reduction, the layers between it and its readers, and those readers.

    In a sandwich ``expand`` is the widening 1×1 and ``after`` is between the spatial
    convolution, then the only reader, and it.
    """

    reduce: Node
    between: tuple[Node, ...]
    readers: tuple[Node, ...]
    after: tuple[Node, ...] = ()
    expand: Node | None = None

    def __repr__(self) -> str:
        return f"<Site {', '.join(layer.name for layer in self.layers)}>"

    @property
    def layers(self) -> tuple[Node, ...]:
        """All layers of the site, in their order."""
        expand = () if self.expand is None else (self.expand,)
        return (self.reduce, *self.between, *self.readers, *self.after, *expand)

    @property
    def width(self) -> int:
        """The reduction's channels."""
        return self.reduce.shape[0]

    def widened(self, reader: Node) -> Op:
        """Return a reader's op as it is on the wide tensor, without the reduction.

        In a sandwich it takes over the widening 1×1's width, and its bias, which belongs to
        the norm and activation that stay.
        """
        stride = _times(convolution(reader.op).stride, self.reduce)
        if self.expand is None:
            return altered(reader.op, stride=stride)
        expand = convolution(self.expand.op)
        return altered(reader.op, stride=_times(stride, self.expand), out=expand.out, bias=expand.bias)

    def removal(self) -> Edit:
        """Return the edit that takes the reduction out of the graph it is in."""
        places: dict[str, tuple[Node, ...]] = {node.name: () for node in self.layers}
        for reader in self.readers:
            shape = reader.shape if self.expand is None else self.expand.shape
            wide = replace(reader, op=self.widened(reader), inputs=self.reduce.inputs, shape=shape)
            places[reader.name] = (wide,)
        return Edit(places, {} if self.expand is None else {self.expand.name: self.readers[0].name})

    def insertion(self) -> Edit:
        """Return the edit that puts the site in the place of its convolution, the only reader."""
        name = self.readers[0].name
        return Edit({name: self.layers}, {} if self.expand is None else {name: self.expand.name})

    def replacement(self) -> Edit:
        """Return the edit that puts the site's layers in the places of those of the same names."""
        return Edit({node.name: (node,) for node in self.layers})

    def resized(self, width: int) -> Site:
        """Return the site with a reduction of another width; a sandwich's inside follows."""
        narrow = self.expand is not None
        return Site(
            _out(self.reduce, width),
            tuple([_channels(node, width) for node in self.between]),
            tuple([_out(node, width) for node in self.readers]) if narrow else self.readers,
            tuple([_channels(node, width) for node in self.after]),
            self.expand,
        )


class Links:
    """A graph's readers, and what its tensors are needed for besides."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.shapes = graph.shapes
        self.readers = graph.readers()
        self.outputs = frozenset(graph.outputs)
        self.likes = {name: node for node in graph.nodes for name in node.like}
        self.makers = {node.name: node for node in graph.nodes}

    @cached_property
    def levels(self) -> frozenset[str]:
        """The names of all layers and of the levels they lie in."""
        found: set[str] = set()
        for name in self.shapes:
            while name and name not in found:
                found.add(name)
                name = name.rpartition(".")[0]  # noqa: PLW2901  (upward, level by level)
        return frozenset(found)

    @cached_property
    def _borrowers(self) -> dict[str, str]:
        """The first layer that uses each layer's weights."""
        return {node.shares: node.name for node in reversed(self.graph.nodes) if node.shares}

    @cached_property
    def summed(self) -> dict[str, tuple[str, str]]:
        """The first sum on the way from a tensor to a dense spatial convolution, and that convolution.

        On the way are norms, activations, dropouts, sums and resizings.
        """
        dense: dict[str, str] = {}  # tensor -> the convolution its way leads to
        found: dict[str, tuple[str, str]] = {}
        for node in reversed(self.graph.nodes):
            if is_spatial(node.op):
                dense[node.inputs[0]] = node.name
            elif node.name in dense and (node.op.GROUP in SEEN_THROUGH or node.op.NAME in THROUGH_SUMS):
                dense.update(dict.fromkeys(node.inputs, dense[node.name]))
                if node.op.NAME == "add":
                    found.update(dict.fromkeys(node.inputs, (node.name, dense[node.name])))
                elif node.name in found:
                    found[node.inputs[0]] = found[node.name]
        return found

    def is_loose(self, name: str) -> bool:
        """Whether a tensor is an output of the network, or gives another layer its size."""
        return name in self.outputs or name in self.likes

    def tail(self, node: Node) -> Tail:
        """Follow a layer's output through norms, activations and dropouts to its ends."""
        between: list[Node] = []
        ends: list[Node] = []
        leak = None
        waiting = [node]
        while waiting:
            name = waiting.pop().name
            if leak is None and self.is_loose(name):
                leak = name
            readers = self.readers[name]
            seen = [reader for reader in readers if reader.op.GROUP in SEEN_THROUGH]
            ends += [reader for reader in readers if reader.op.GROUP not in SEEN_THROUGH]
            between += seen
            waiting += seen
        return Tail(tuple(between), tuple(dict.fromkeys(ends)), leak)

    def obstacle(self, node: Node, tail: Tail) -> str | None:
        """Return why a 1×1 convolution cannot be taken out, None where it can."""
        own = self.not_plain(node)
        if own:
            return own
        if tail.leak is not None:
            return self._leak(node, tail.leak)
        if not tail.ends:
            return "nothing reads it"
        return next((reason for end in tail.ends if (reason := _bad_reader(end))), None)

    def partner(self, node: Node) -> str | None:
        """Return the layer whose weights a layer uses, or the first that uses its weights."""
        return node.shares or self._borrowers.get(node.name)

    def sharing(self, layers: Sequence[Node]) -> str | None:
        """Return which of some layers has weights in common with another, so that it cannot change alone."""
        for node in layers:
            other = self.partner(node)
            if other is not None:
                what = "its weights are" if node is layers[0] else f"the weights of {node.name} are"
                return f"{what} shared with {other}"
        return None

    def _leak(self, node: Node, name: str) -> str:
        what = "its output" if name == node.name else f"{name}, which is made of its output,"
        if name in self.outputs:
            return f"{what} is an output of the network"
        return f"{what} gives {self.likes[name].name} its size"

    def site(self, node: Node, tail: Tail) -> Site:
        """Return the site a 1×1 has, or would have if ``obstacle`` allowed it."""
        found = Site(node, tail.between, tail.ends)
        if len(tail.ends) != 1 or not is_wide(tail.ends[0].op):
            return found
        after = self.tail(tail.ends[0])
        if after.leak is not None or len(after.ends) != 1:
            return found
        expand = after.ends[0]
        if not is_pointwise(expand.op) or self.not_plain(expand) or not self.widens(expand):
            return found
        return found._replace(after=after.between, expand=expand)

    def not_plain(self, node: Node) -> str | None:
        """Return what a 1×1 does besides mixing channels at some positions, None where nothing."""
        op = convolution(node.op)
        if op.groups != 1:
            return f"it has {op.groups} groups"
        if any(before or after for before, after in op.pads(self.shapes[node.inputs[0]])):
            return "it pads its input"
        return None

    def widens(self, node: Node) -> bool:
        """Whether a layer has more channels than it reads."""
        return node.shape[0] > self.shapes[node.inputs[0]][0]

    def narrows(self, node: Node) -> bool:
        """Whether a layer has fewer channels than it reads."""
        return node.shape[0] < self.shapes[node.inputs[0]][0]

    def follows_pool(self, node: Node) -> bool:
        """Whether a layer is the sole reader of a pool of stride 1."""
        name = node.inputs[0]
        pool = self.makers[name]
        if pool.op.GROUP != "pool" or self.readers[name] != [node] or self.is_loose(name):
            return False
        windows = pool.op.windows(self.graph.inputs_of(pool), pool.shape)
        return all(window.step == window.per for window in windows)


def _out(node: Node, width: int) -> Node:
    return replace(node, op=altered(node.op, out=width), shape=(width, *node.shape[1:]))


def _channels(node: Node, width: int) -> Node:
    return replace(node, shape=(width, *node.shape[1:]))


def _times(stride: PerDim, node: Node) -> PerDim:
    """Return a stride multiplied by a 1×1's, as one number where all dims agree."""
    more = convolution(node.op).stride
    if more == 1:
        return stride
    dims = len(node.shape) - 1
    each = tuple(a * b for a, b in zip(spread(stride, dims), spread(more, dims), strict=True))
    return each[0] if len(set(each)) == 1 else each


def _bad_reader(end: Node) -> str | None:
    if end.op.GROUP != "conv":
        return f"its output is also read by {end.name} ({end.op.NAME})"
    if end.op.NAME != "conv":
        return f"its reader {end.name} is a transposed convolution"
    groups = convolution(end.op).groups
    return None if groups == 1 else f"its reader {end.name} has {groups} groups"
