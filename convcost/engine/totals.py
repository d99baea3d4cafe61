"""Sums over layers: of a whole network, and of groups of layers by dotted prefix."""

from __future__ import annotations

from collections import Counter
from operator import attrgetter
from typing import TYPE_CHECKING

from convcost.cost import COUNTERS, Cost
from convcost.report import Group, Totals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.report import LayerCost, Report

_COUNTS = attrgetter(*COUNTERS)


def add_costs(costs: Sequence[Cost]) -> Cost:
    """Return the sum of raw counters. Layers that are alike share one record, which is added once."""
    times = Counter(map(id, costs))
    records = {id(cost): cost for cost in costs}
    rows = [[n * times[key] for n in _COUNTS(cost)] for key, cost in records.items()]
    return Cost(**dict(zip(COUNTERS, map(sum, zip(*rows, strict=True)), strict=False)))


def totals(layers: Sequence[LayerCost], peak_bytes: int | None = None) -> Totals:
    """Return the layers' sums; the peak is the largest of theirs unless given."""
    if peak_bytes is None:
        peak_bytes = max((layer.peak_bytes for layer in layers), default=0)
    return Totals(
        cost=add_costs([layer.cost for layer in layers]),
        weight_bytes=sum([layer.weight_bytes for layer in layers]),
        activation_bytes=sum([layer.activation_bytes for layer in layers]),
        peak_bytes=peak_bytes,
        saved_bytes=sum([layer.saved_bytes for layer in layers]),
        traffic_bytes=sum([layer.traffic_bytes for layer in layers]),
    )


def rollup(report: Report, depth: int = 1) -> tuple[Group, ...]:
    """Return the layers grouped by the first ``depth`` levels of their names.

    Groups stand in the order of their first layer; sums add, a group's peak is the
    maximum of its layers'.
    """
    members: dict[str, list[LayerCost]] = {}
    for layer in report.layers:
        prefix = ".".join(layer.name.split(".", depth)[:depth])
        members.setdefault(prefix, []).append(layer)
    return tuple(Group(name, len(layers), totals(layers)) for name, layers in members.items())
