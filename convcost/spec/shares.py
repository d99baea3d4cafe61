"""Shared weights: ``share: NAME`` on a line uses those of an earlier layer, or of all layers of a level."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from convcost.errors import Loc
    from convcost.ir import Node, Op, Shape
    from convcost.spec.log import Log


class Share(NamedTuple):
    """The level or layer ``path`` uses the weights of the level or layer ``other``."""

    path: str
    other: str
    loc: Loc


def shared(nodes: list[Node], shapes: dict[str, Shape], shares: list[Share], log: Log) -> tuple[Node, ...]:
    """Return the nodes, each that shares weights naming the first layer that has them.

    The two sides must have layers of the same names below them, alike in op and weights;
    anything else is reported.
    """
    found = {node.name: node for node in nodes}
    for share in shares:
        own = _weighted(share.path, found, shapes)
        others = _weighted(share.other, found, shapes)
        if not others:
            log.add("CC316", f"{share.other!r} has no weights to share", share.loc)
        for key in [*own, *(key for key in others if key not in own)]:
            if key not in own or key not in others:
                has, lacks = (share.path, share.other) if key in own else (share.other, share.path)
                log.add(
                    "CC316",
                    f"{has!r} has weights in {key.lstrip('.')!r}, {lacks!r} has none there",
                    share.loc,
                )
                break
            mine, theirs = own[key], others[key]
            if _kind(mine, shapes) != _kind(theirs, shapes):
                reads = (list(shapes[name]) for name in (mine.inputs[0], theirs.inputs[0]))
                notes = tuple(
                    f"{n.name}: {n.op.NAME} on {shape}"
                    for n, shape in zip((mine, theirs), reads, strict=True)
                )
                message = f"the weights of {mine.name!r} and {theirs.name!r} are not alike"
                log.add("CC316", message, share.loc, notes=notes)
                break
            found[mine.name] = replace(mine, shares=theirs.shares or theirs.name)
    return tuple(found.values())


def _weighted(path: str, nodes: dict[str, Node], shapes: dict[str, Shape]) -> dict[str, Node]:
    """Return the layers with weights of a level, by what their names have after the level's."""
    inside = [node for name, node in nodes.items() if name == path or name.startswith(f"{path}.")]
    return {node.name[len(path) :]: node for node in inside if any(_weights(node, shapes))}


def _kind(node: Node, shapes: dict[str, Shape]) -> tuple[Op, int, int]:
    return (node.op, *_weights(node, shapes))


def _weights(node: Node, shapes: dict[str, Shape]) -> tuple[int, int]:
    """Return how many parameters and buffers a layer has."""
    cost = node.op.cost(tuple([shapes[name] for name in node.inputs + node.like]), node.shape)
    return cost.params, cost.buffers
