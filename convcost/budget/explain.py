"""Why a rule failed: what grew against the baseline, or what costs most, and which line to edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.cost import METRICS
from convcost.engine.delta import Change, Delta, delta
from convcost.report import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.budget.result import Sides
    from convcost.budget.verdict import Verdict
    from convcost.errors import Loc
    from convcost.report import LayerCost, Peak, Report

MOST = 5
"""Layers named for one verdict; the rest is counted."""


class Reason(NamedTuple):
    """What stands behind a verdict.

    ``grown`` are layers that grew, most first; where nothing grew, ``costliest`` are those
    that cost most. ``peak`` is where memory peaks, for a rule about the whole peak.
    ``edit`` is the line of the spec to begin with.
    """

    grown: tuple[Change, ...] = ()
    costliest: tuple[LayerCost, ...] = ()
    peak: Peak | None = None
    old_peak: Peak | None = None
    more: int = 0
    edit: Loc | None = None


class Explainer:
    """Explains verdicts; two reports are compared once, however many rules they failed."""

    def __init__(self) -> None:
        self._deltas: dict[tuple[int, int], Delta] = {}

    def reason(self, verdict: Verdict, sides: Sides) -> Reason:
        """Return why a verdict is what it is."""
        metric, value = verdict.rule.metric, verdict.value
        layers = _scope(sides.new.report, value.layers if value else None)
        if value is None or not layers:
            return Reason()
        if metric == "peak_bytes" and value.where is None:
            return _peak(verdict.rule.policy, sides)
        if metric in FIELDS:
            return Reason(edit=layers[-1].loc)
        by = "macs" if metric == "reduction_saving" else "flops" if metric == "intensity" else metric
        grown = self._grown(by, sides, {layer.name for layer in layers}, everything=value.layers is None)
        if grown and verdict.key != "min":
            return Reason(grown=tuple(grown[:MOST]), more=len(grown) - MOST, edit=_edit(grown))
        costly = sorted((x for x in layers if x.metric(by)), key=lambda x: -x.metric(by))
        edit = costly[0].loc if costly else layers[0].loc
        return Reason(costliest=tuple(costly[:MOST]), more=len(costly) - MOST, edit=edit)

    def _grown(self, metric: str, sides: Sides, scope: set[str], *, everything: bool) -> list[Change]:
        if sides.old is None or METRICS[metric].rollup != "sum":
            return []
        changes = self._delta(sides.old.report, sides.new.report).grown(metric)
        return [change for change in changes if everything or change.layer.name in scope]

    def _delta(self, old: Report, new: Report) -> Delta:
        key = (id(old), id(new))
        if key not in self._deltas:
            self._deltas[key] = delta(old, new)
        return self._deltas[key]


def _scope(report: Report, names: Iterable[str] | None) -> list[LayerCost]:
    if names is None:
        return list(report.layers)
    wanted = set(names)
    return [layer for layer in report.layers if layer.name in wanted]


def _edit(grown: list[Change]) -> Loc | None:
    """Return the line of the layer that grew most by itself, rather than because its input did."""
    first = next(filter(_by_itself, grown), grown[0])
    return first.new.loc if first.new else None


def _by_itself(change: Change) -> bool:
    return not (change.old and change.new) or change.old.inputs == change.new.inputs


def _peak(policy: str, sides: Sides) -> Reason:
    peak = sides.new.report.peaks[policy]
    old = sides.old.report.peaks[policy] if sides.old else None
    at = {layer.name: layer.loc for layer in sides.new.report.layers}
    largest = sorted(peak.live, key=lambda tensor: -tensor.bytes)
    makers = (at.get(name) for name in (*(tensor.layer for tensor in largest), peak.at))
    return Reason(peak=peak, old_peak=old, edit=next((loc for loc in makers if loc), None))
