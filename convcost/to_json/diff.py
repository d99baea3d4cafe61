"""What changed in networks, as plain data (``schemas/diff.schema.json``, ``transform.schema.json``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.cost import SUMMABLE
from convcost.to_json.envelope import document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.engine.delta import Change
    from convcost.report import LayerCost, Report
    from convcost.views.diff import Compared


def diff(found: Iterable[Compared]) -> dict[str, Any]:
    """Return the document of ``diff``: one entry per network, every summable metric before and after."""
    return document(diff=[_network(one) for one in found])


def changed(before: Report, after: Report) -> dict[str, Any]:
    """Return the document of a command that makes one network of another: its totals before and after."""
    return document(totals=_totals(before, after))


def _network(found: Compared) -> dict[str, Any]:
    delta = found.delta
    return {
        "network": found.label,
        "baseline": found.before,
        "status": "changed" if delta else "added",
        "totals": _totals(found.old, found.new),
        "layers": [_layer(change) for change in (delta.changes if delta else ())],
        "unchanged": delta.unchanged if delta else 0,
    }


def _totals(old: Report | None, new: Report) -> dict[str, Any]:
    before, after = (_figures(old) if old else {}), _figures(new)
    return {name: {"before": before.get(name), "after": value} for name, value in after.items()}


def _figures(report: Report) -> dict[str, int]:
    """Return every summable metric, and the fused peak."""
    figures = {name: report.totals.metric(name) for name in SUMMABLE}
    return figures | {"fused_peak_bytes": report.peaks["fused"].bytes}


def _layer(change: Change) -> dict[str, Any]:
    sides = {"before": _side(change.old), "after": _side(change.new)}
    return {"sign": change.sign, "name": change.layer.name, **sides}


def _side(layer: LayerCost | None) -> dict[str, Any] | None:
    if layer is None:
        return None
    return {"op": layer.op, "output": list(layer.output), **{name: layer.metric(name) for name in SUMMABLE}}
