"""Reports as plain data: the JSON output (``schemas/report.schema.json``) before it is text.

Integers stay integers, exact fractions become strings ("1/2"); only ``intensity``, a
quotient, is a float.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.cost import COUNTERS, SUMMABLE
from convcost.report import FIELDS, last_map
from convcost.to_json.envelope import document

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from convcost.report import LayerCost, Peak, Report, SiteSaving, Totals


def networks(reports: Iterable[Report], **more: Any) -> dict[str, Any]:
    """Return the document of ``analyze``: one entry per network, and what there is ``more``."""
    return document(networks=[network(report) for report in reports], **more)


def subject(report: Report) -> dict[str, Any]:
    """Return what was looked at: the network, and its inputs."""
    return {
        "name": report.name,
        "spec": report.spec,
        "variant": report.variant,
        "input": list(report.input) if len(report.inputs) == 1 else None,
        "inputs": {name: list(shape) for name, shape in report.inputs.items()},
    }


def network(report: Report) -> dict[str, Any]:
    """Return one network: where it comes from, its totals, its peaks, its layers."""
    last = last_map(report)
    bought = {} if report.reductions is None else {"reductions": _reductions(report)}
    return {
        **subject(report),
        "batch": report.batch,
        "dtype": report.dtype,
        "device": report.device,
        "untrainable": report.untrainable,
        "totals": _figures(report.totals, report) | (_field(last) if last else {}),
        "peak": {policy: _peak(peak) for policy, peak in report.peaks.items()},
        "layers": [_layer(layer, report) for layer in report.layers],
        **bought,
    }


def plain(value: int | Fraction) -> int | str:
    """Return an exact number as JSON has it: an integer, or a fraction as text."""
    return value if isinstance(value, int) else str(value)


def _layer(layer: LayerCost, report: Report) -> dict[str, Any]:
    about = {"name": layer.name, "op": layer.op, "role": layer.role, "output": list(layer.output)}
    return about | _figures(layer, report) | _field(layer)


def _figures(of: LayerCost | Totals, report: Report) -> dict[str, Any]:
    """Return all metrics; saved bytes are None where no training step runs."""
    figures: dict[str, Any] = {name: of.metric(name) for name in SUMMABLE}
    if report.untrainable is not None:
        figures["saved_bytes"] = None
    counters = {name: count for name in COUNTERS if (count := getattr(of.cost, name))}
    return figures | {"intensity": of.intensity, "counters": counters}


def _field(layer: LayerCost) -> dict[str, Any]:
    return {
        name: [plain(getattr(field, attribute)) for field in layer.field]
        for name, attribute in FIELDS.items()
    }


def _reductions(report: Report) -> dict[str, Any]:
    """Return what the 1×1 convolutions buy; ``reduction_saving`` is a quotient of macs."""
    found = report.reductions
    assert found is not None  # noqa: S101  (the caller has looked)
    without = found.totals_without
    return {
        "sites": [_site(site) for site in found.sites],
        "kept": [{"layer": layer, "reason": reason} for layer, reason in found.kept],
        "roles": [share._asdict() for share in found.roles],
        "guesses": [guess._asdict() for guess in found.guesses],
        "projections": list(found.projections),
        "totals_without": {name: without.metric(name) for name in SUMMABLE},
        "fused_peak_bytes_without": found.fused_without,
        "reduction_saving": without.cost.macs / report.totals.cost.macs if report.totals.cost.macs else None,
    }


def _site(site: SiteSaving) -> dict[str, Any]:
    return {
        "layer": site.layer,
        "readers": list(site.readers),
        "expand": site.expand,
        "channels": [site.wide, site.width, site.out],
        "width": site.width,
        "with": site.present._asdict(),
        "without": site.without._asdict(),
        "verdicts": site.verdicts,
    }


def _peak(peak: Peak) -> dict[str, Any]:
    live = [{"layer": t.layer, "bytes": t.bytes, "what": t.what} for t in peak.live]
    return {"bytes": peak.bytes, "at": peak.at, "live": live}
