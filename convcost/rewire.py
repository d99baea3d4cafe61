"""The one edit of a graph: layers that take others' places, tensors that are read by other names.

A transform says what changes, and gets a new graph; the one it was given stays as it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from convcost.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from convcost.ir import Graph, Node


class Edit(NamedTuple):
    """What changes in a graph.

    ``places``: by a layer's name, the layers that take its place; none where it is removed.
    ``renamed``: tensors that are read, copied in size and put out by another name from now
    on, old to new; only what takes a layer's place still reads it by its own name.
    """

    places: Mapping[str, Sequence[Node]]
    renamed: Mapping[str, str] = {}


def sound(graph: Graph) -> Graph:
    """Return the graph; raise UsageError, with one diagnostic per fault, for one that is no network.

    The door of every transform: a graph made in Python can be anything.
    """
    faults = list(graph.check())
    if faults:
        raise UsageError(*[Diagnostic("CC508", f"{graph.name}: {fault}") for fault in faults])
    return graph


def merged(edits: Iterable[Edit]) -> Edit:
    """Return several edits, of different layers, as one."""
    places: dict[str, Sequence[Node]] = {}
    renamed: dict[str, str] = {}
    for edit in edits:
        places.update(edit.places)
        renamed.update(edit.renamed)
    return Edit(places, renamed)


def rewire(graph: Graph, edit: Edit) -> Graph:
    """Return the graph with an edit made.

    New layers have the shapes they are given; ``engine.reshape`` infers all of them where
    shapes further on change.
    """
    names = _followed(edit.renamed)
    outputs = dict.fromkeys([names.get(name, name) for name in graph.outputs])
    return replace(graph, nodes=tuple(rewired(graph.nodes, edit)), outputs=tuple(outputs))


def rewired(nodes: Iterable[Node], edit: Edit) -> list[Node]:
    """Return these nodes with an edit made."""
    names = _followed(edit.renamed)
    result: list[Node] = []
    for node in nodes:
        new = edit.places.get(node.name, (node,))
        result += [_reading(each, names, but=node.name) for each in new] if names else new
    return result


def _reading(node: Node, names: Mapping[str, str], but: str) -> Node:
    """Return a node that reads tensors by their new names, all ``but`` one."""
    inputs = tuple([name if name == but else names.get(name, name) for name in node.inputs])
    like = tuple([name if name == but else names.get(name, name) for name in node.like])
    return node if (inputs, like) == (node.inputs, node.like) else replace(node, inputs=inputs, like=like)


def _followed(renamed: Mapping[str, str]) -> dict[str, str]:
    """Return what each renamed tensor is called in the end."""
    result: dict[str, str] = {}
    for old, new in renamed.items():
        while new in renamed:
            new = renamed[new]  # noqa: PLW2901  (from name to name)
        result[old] = new
    return result
