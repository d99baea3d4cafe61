"""Measured times and memory as plain data (``schemas/profile.schema.json``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.to_json.envelope import document
from convcost.to_json.report import subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.report import LayerCost
    from convcost.torch_backend.profile import Profile
    from convcost.torch_backend.profile_without import Pair, Side, SiteTime

_ESTIMATES = ("macs", "flops", "params", "weight_bytes", "peak_bytes", "saved_bytes", "traffic_bytes")


def profiles(found: Iterable[Profile]) -> dict[str, Any]:
    """Return the document of ``profile``: one entry per network."""
    return document(profiles=[_profile(one) for one in found])


def pairs(found: Iterable[Pair]) -> dict[str, Any]:
    """Return the document of ``profile --without-reductions``: one entry per network."""
    return document(pairs=[_pair(one) for one in found])


def _profile(found: Profile) -> dict[str, Any]:
    report, together = found.report, found.layers_together()
    return {
        **subject(report),
        **found.how._asdict(),
        "machine": found.machine._asdict(),
        "time_ns": found.total()._asdict(),
        "layers_together_ns": together._asdict() if together else None,
        "estimate": {name: report.totals.metric(name) for name in _ESTIMATES},
        "peak": found.peak._asdict(),
        "layers": [_layer(found, layer) for layer in report.layers] if found.passes else [],
        "notes": list(found.notes),
    }


def _layer(found: Profile, layer: LayerCost) -> dict[str, Any]:
    times = {"forward_ns": found.part(layer.name, backward=False)._asdict()}
    if found.how.backward:
        times["backward_ns"] = found.part(layer.name, backward=True)._asdict()
    figures = {metric: layer.metric(metric) for metric in ("macs", "flops", "traffic_bytes")}
    return {"name": layer.name, "op": layer.op, **times, **figures}


def _pair(found: Pair) -> dict[str, Any]:
    middle, low, high = found.realised()
    return {
        "with": _profile(found.present),
        "without": _profile(found.without),
        "predicted": found.predicted,
        "realised": {"median": middle, "low": low, "high": high},
        "sites": [_site(site) for site in found.sites],
        "kept": [{"layer": layer, "reason": reason} for layer, reason in found.kept],
    }


def _site(site: SiteTime) -> dict[str, Any]:
    return {
        "layer": site.layer,
        "readers": list(site.readers),
        "width": site.width,
        "with": _side(site.present),
        "without": _side(site.without),
        "predicted": site.predicted,
        "realised": site.realised,
    }


def _side(side: Side) -> dict[str, Any]:
    return {"macs": side.macs, "time_ns": side.time._asdict() if side.time else None}
