"""A graph while it is being changed: nodes by name, who reads them, shapes inferred anew.

Transforms work on a draft and return a new graph; the one they were given stays as it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.ir import Graph, Node, Op, Shape


class Draft:
    """Nodes in order, by name. Every change keeps the order valid."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes: dict[str, Node] = {node.name: node for node in graph.nodes}
        self.outputs = graph.outputs
        self.readers: dict[str, list[str]] = {
            name: [reader.name for reader in readers] for name, readers in graph.readers().items()
        }
        self._renamed: dict[str, str] = {}

    def replace(self, name: str, op: Op, inputs: tuple[str, ...], shape: Shape) -> None:
        """Give a node another op, other inputs and its new shape."""
        node = self.nodes[name]
        for old in dict.fromkeys(node.inputs):
            self.readers[old].remove(name)
        for new in dict.fromkeys(inputs):
            self.readers[new].append(name)
        self.nodes[name] = replace(node, op=op, inputs=inputs, shape=shape)

    def remove(self, names: Iterable[str]) -> None:
        """Take nodes out; what else read them must have been given other inputs."""
        for name in names:
            node = self.nodes.pop(name)
            for tensor in dict.fromkeys(node.inputs):
                if tensor in self.readers:
                    self.readers[tensor].remove(name)
            del self.readers[name]

    def redirect(self, old: str, new: str) -> None:
        """Make ``new`` stand wherever ``old`` is read, copied in size or put out."""
        for name in list(self.readers[old]):
            node = self.nodes[name]
            inputs = tuple([new if tensor == old else tensor for tensor in node.inputs])
            self.replace(name, node.op, inputs, node.shape)
        self._renamed[old] = new

    def done(self) -> Graph:
        """Return the graph as it now is."""
        outputs = tuple([self._now(name) for name in self.outputs])
        nodes = self.nodes.values()
        if self._renamed:
            nodes = [self._liked(node) for node in nodes]  # type: ignore[assignment]
        return replace(self.graph, nodes=tuple(nodes), outputs=tuple(dict.fromkeys(outputs)))

    def _liked(self, node: Node) -> Node:
        like = tuple([self._now(name) for name in node.like])
        return node if like == node.like else replace(node, like=like)

    def _now(self, name: str) -> str:
        while name in self._renamed:
            name = self._renamed[name]
        return name
