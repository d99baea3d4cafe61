"""A graph as a flat spec: one line per layer, every name given, no blocks and no vars.

What is written reads back to the same layers: names, ops, shapes, what may work in place.
Roles that no longer show in the form (a residual's shortcut) are declared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.exact import decimal
from convcost.ir import INPUT
from convcost.pointwise import is_pointwise
from convcost.spec.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.ir import Graph, Node

WIDTH = 100
"""Longer lines are broken between fields."""


def write(graph: Graph, remarks: Iterable[str] = ()) -> str:
    """Return a graph as YAML. ``remarks`` become comments at its head."""
    lines = [f"# {remark}" for remark in remarks]
    lines += ["convcost: 1", f"name: {quoted(graph.name)}", *_inputs(graph)]
    last = graph.nodes[-1].name
    if graph.outputs != (last,):
        lines.append(f"outputs: [{', '.join(map(quoted, graph.outputs))}]")
    lines.append("layers:")
    before = next(iter(graph.inputs))
    for node in graph.layers:
        lines.append(_layer(node, before))
        before = node.name
    return "\n".join(lines) + "\n"


def _inputs(graph: Graph) -> list[str]:
    """Return the lines of the inputs: ``input:`` where the one there is has the usual name."""
    if [*graph.inputs] == [INPUT]:
        return [f"input: {_list(graph.input)}"]
    return ["inputs:", *(f"  {quoted(name)}: {_list(shape)}" for name, shape in graph.inputs.items())]


def _layer(node: Node, before: str) -> str:
    """Return a layer's line; ``before`` is the tensor it reads if it says nothing."""
    fields = [f"name: {quoted(node.name)}", *_from(node, before), *_fields(node)]
    fields += [f"like: {quoted(name)}" for name in node.like]
    role = node.origin.role or ("shortcut" if node.origin.shortcut and is_pointwise(node.op) else None)
    if role is not None:
        fields.append(f"role: {role}")
    if node.shares is not None:
        fields.append(f"share: {quoted(node.shares)}")
    return _broken(f"  - {node.op.NAME}: {{", fields)


def _broken(head: str, fields: list[str]) -> str:
    """Return ``head`` and the fields, over several lines where one would be too long."""
    lines, line = [], head
    for number, field in enumerate(fields):
        piece = field + (", " if number + 1 < len(fields) else "}")
        if len(line) + len(piece.rstrip()) > WIDTH and line.strip() and number:
            lines.append(line.rstrip())
            line = " " * 6
        line += piece
    return "\n".join([*lines, line])


def _from(node: Node, before: str) -> list[str]:
    if not node.inputs:
        return []
    if len(node.inputs) > 1:
        return [f"from: [{', '.join(map(quoted, node.inputs))}]"]
    return [] if node.inputs == (before,) else [f"from: {quoted(node.inputs[0])}"]


def _fields(node: Node) -> list[str]:
    """Return the fields that differ from their defaults."""
    op: Any = node.op
    given = []
    for name, spec in op.specs().items():
        value = getattr(op, spec.attribute)
        if spec.required or value != spec.default:
            given.append(f"{name}: {_value(value)}")
    return given


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return _list(value)
    return decimal(value) if not isinstance(value, int | str) else str(value)


def _list(values: Iterable[Any]) -> str:
    return "[" + ", ".join(map(_value, values)) + "]"
