"""Graphs as real torch modules, and what torch says they cost. Needs the `torch` extra.

Submodules import torch, so they are imported where they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convcost.ir import Graph
    from convcost.torch_backend.graph_module import Network


def build(graph: Graph) -> Network:
    """Return the network as a :class:`convcost.torch_backend.graph_module.Network`."""
    from convcost.torch_backend.graph_module import Network

    return Network(graph)


__all__ = ["build"]
