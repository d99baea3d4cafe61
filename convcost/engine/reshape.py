"""Shapes inferred anew, after a transform changed nodes or the input."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from convcost.errors import Diagnostic, SpecError
from convcost.ops._input import Input

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.ir import Graph, Node, Problem, Shape


def reshape(graph: Graph, input: Shape | None = None, nodes: Sequence[Node] | None = None) -> Graph:  # noqa: A002  (the graph's own word)
    """Return the graph with another input shape or other nodes, every shape inferred anew.

    Raises SpecError at the first layer that cannot stand on what it now gets.
    """
    shapes: dict[str, Shape] = {}
    result = []
    for each in graph.nodes if nodes is None else nodes:
        node = each
        if input is not None and node.name in graph.inputs:
            node = replace(node, op=Input(size=tuple(input)))
        shape = shapes[node.name] = infer(node, shapes)
        result.append(node if shape == node.shape else replace(node, shape=shape))
    return replace(graph, nodes=tuple(result))


def infer(node: Node, shapes: dict[str, Shape]) -> Shape:
    """Return a node's output shape; raises SpecError, naming the layer, where there is none."""
    inputs = tuple([shapes[name] for name in node.inputs + node.like])
    problems = list(node.op.check(*inputs))
    if problems:
        raise SpecError(*[_diagnostic(node, problem) for problem in problems])
    return node.op.shape(*inputs)


def _diagnostic(node: Node, problem: Problem) -> Diagnostic:
    return Diagnostic("CC401", f"{node.name}: {problem.message}", node.loc, problem.hint)
