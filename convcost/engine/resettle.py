"""What may work in place, decided anew after a transform."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from convcost.engine.inplace import Ledger
from convcost.ir import altered

if TYPE_CHECKING:
    from convcost.engine.op_facts import Rules
    from convcost.ir import Graph, Node


class Resettled(NamedTuple):
    """The graph; the layers that asked to work in place and no longer may, with the reason.

    ``ledger`` holds the walks of the new graph.
    """

    graph: Graph
    lifted: tuple[tuple[str, str], ...]
    ledger: Ledger


def resettle(graph: Graph, rules: Rules | None = None) -> Resettled:
    """Decide as ``settle`` does, but give a layer a tensor of its own where that refuses.

    ``rules``: those of the run that is to take over the ledger's walks.
    """
    ledger = Ledger(graph, rules)
    nodes: list[Node] = []
    lifted: list[tuple[str, str]] = []
    for index, node in enumerate(graph.nodes):
        refused = len(ledger.refused)
        new = ledger.settle(index, node)
        if len(ledger.refused) > refused:
            lifted.append((node.name, ledger.refused[-1].message.partition(": ")[2]))
            new = replace(node, op=altered(node.op, inplace=False))
        nodes.append(new)
    return Resettled(replace(graph, nodes=tuple(nodes)), tuple(lifted), ledger)
