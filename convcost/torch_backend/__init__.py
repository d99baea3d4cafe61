"""Graphs as real torch modules, and what torch says they cost. Needs the `torch` extra.

Submodules import torch, so they are imported where they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convcost.ir import Graph
    from convcost.networks import Spec
    from convcost.torch_backend.graph_module import GraphModule


def build(network: Spec | Graph) -> GraphModule:
    """Return a network, a graph or what ``convcost.load`` takes, as a ``torch.nn.Module``.

    Its class is :class:`convcost.torch_backend.graph_module.GraphModule`. Raises ConvcostError
    where a spec has mistakes, ImportError without torch.
    """
    from convcost.networks import graph_of
    from convcost.torch_backend.graph_module import GraphModule

    return GraphModule(graph_of(network))


__all__ = ["build"]
