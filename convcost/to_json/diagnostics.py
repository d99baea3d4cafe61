"""Diagnostics as plain data, for editors and CI (``schemas/validate.schema.json``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.to_json.envelope import document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.errors import Diagnostic, Loc
    from convcost.ir import Graph


def validation(valid: Iterable[tuple[str, Graph]], found: Iterable[Diagnostic]) -> dict[str, Any]:
    """Return the JSON document of ``validate``: the specs without mistakes, and every diagnostic."""
    return document(
        valid=[_network(spec, graph) for spec, graph in valid], diagnostics=[diagnostic(one) for one in found]
    )


def _network(spec: str, graph: Graph) -> dict[str, Any]:
    return {
        "spec": spec,
        "inputs": {name: list(shape) for name, shape in graph.inputs.items()},
        "outputs": {name: list(graph.shapes[name]) for name in graph.outputs},
        "layers": len(graph.layers),
    }


def diagnostic(found: Diagnostic) -> dict[str, Any]:
    """Return one mistake or warning; without a position ``file`` and the rest of it are null."""
    return {
        "severity": found.severity,
        "code": found.code,
        **_position(found.loc),
        "message": found.message,
        "hint": found.hint,
        "notes": list(found.notes),
        "inside": _blocks(found.loc),
    }


def _position(loc: Loc | None) -> dict[str, Any]:
    """Return a place: line and column from 1, and how many characters are at fault."""
    if loc is None:
        return {"file": None, "line": None, "column": None, "length": None}
    return {"file": loc.source.name, "line": loc.line, "column": loc.column, "length": loc.length}


def _blocks(loc: Loc | None) -> list[dict[str, Any]]:
    """Return the blocks' own lines behind a position where a block is used, outermost first."""
    if loc is None or loc.inside is None:
        return []
    return [_position(loc.inside), *_blocks(loc.inside)]
