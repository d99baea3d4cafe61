"""What a rule looks at: a metric's exact value on the whole network, or on layers by glob."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.budget.layers import Match, matches
from convcost.cost import METRICS
from convcost.engine import analyze
from convcost.report import FIELDS, last_map

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcost.budget.model import Rule
    from convcost.ir import Graph
    from convcost.report import LayerCost, Report
    from convcost.units import Exact


class Value(NamedTuple):
    """A value and what it is of: a layer, a level, or None for the whole network.

    ``layers`` are the names that count into it; None: all.
    """

    where: str | None
    value: Exact
    layers: tuple[str, ...] | None = None


class Measured:
    """A report asked for metrics; ``graph`` is its network, of which a reduction's saving is asked."""

    def __init__(self, report: Report, graph: Graph | None = None) -> None:
        self.report = report
        self._graph = graph
        self._by_name = {layer.name: layer for layer in report.layers}
        self._without: Mapping[str, int] | None = None
        self._matched: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Match]] = {}

    def values(self, rule: Rule, *, lowest: bool = False) -> list[Value]:
        """Return what a rule judges; [] where its globs match no layer.

        ``lowest``: of per-dim metrics take the least dim, as a ``min`` needs.
        """
        if not rule.layers:
            return [Value(None, self._total(rule, lowest=lowest))]
        found = self._matches(rule)
        if not found:
            return []
        if rule.of == "each":
            return [Value(m.name, self._group(rule.metric, m, lowest=lowest), m.layers) for m in found]
        layers = tuple(name for match in found for name in match.layers)
        if rule.of == "sum":
            return [Value(" ".join(rule.layers), self._sum(rule.metric, layers), layers)]
        each = [Value(n, self._group(rule.metric, Match(n, (n,)), lowest=lowest), (n,)) for n in layers]
        return [max(each, key=lambda value: value.value)]

    def at(self, rule: Rule, value: Value) -> Exact | None:
        """Return a value's counterpart in this report; None where it has no such layers."""
        if value.where is None:
            return self._total(rule)
        known = self._matches(rule)
        if rule.of == "each":
            found = next((match for match in known if match.name == value.where), None)
            return self._group(rule.metric, found) if found else None
        judged = self.values(rule)
        return judged[0].value if judged else None

    def _matches(self, rule: Rule) -> list[Match]:
        key = (rule.layers, rule.exclude)
        if key not in self._matched:
            self._matched[key] = matches(*key, self._by_name)
        return self._matched[key]

    def _total(self, rule: Rule, *, lowest: bool = False) -> Exact:
        metric = rule.metric
        if metric == "peak_bytes":
            return self.report.peaks[rule.policy].bytes
        if metric in FIELDS:
            layer = last_map(self.report)
            return _pixels(layer, metric, lowest=lowest) if layer else 0
        if METRICS.get(metric) and METRICS[metric].rollup == "sum":
            return self.report.totals.metric(metric)
        return self._group(metric, Match("", tuple(self._by_name)))

    def _group(self, metric: str, match: Match, *, lowest: bool = False) -> Exact:
        if metric == "peak_bytes":
            return max(self._by_name[name].peak_bytes for name in match.layers)
        if metric in FIELDS:
            return _pixels(self._by_name[match.layers[-1]], metric, lowest=lowest)
        if metric == "intensity":
            moved = self._sum("traffic_bytes", match.layers)
            return _quotient(self._sum("flops", match.layers), moved) if moved else 0
        if metric == "reduction_saving":
            return self._saving(match.layers)
        return self._sum(metric, match.layers)

    def _sum(self, metric: str, layers: Sequence[str]) -> int:
        return sum([self._by_name[name].metric(metric) for name in layers])

    def _saving(self, layers: Sequence[str]) -> Exact:
        if self._without is None:
            self._without = _without_reductions(self._graph, self.report) if self._graph else {}
        without = self._without
        macs = self._sum("macs", layers)
        return _quotient(sum(without.get(name, 0) for name in layers), macs) if macs else 1


def _without_reductions(graph: Graph, report: Report) -> Mapping[str, int]:
    """Return every layer's macs in the network without its 1×1 reductions."""
    from convcost.reductions.removal import without_reductions

    bare = analyze(without_reductions(graph).graph, report.batch, report.dtype)
    return {layer.name: layer.metric("macs") for layer in bare.layers}


def _pixels(layer: LayerCost, metric: str, *, lowest: bool) -> Exact:
    values = [getattr(field, FIELDS[metric]) for field in layer.field]
    return (min if lowest else max)(values, default=0)


def _quotient(top: int, bottom: int) -> Exact:
    from fractions import Fraction  # 3 ms that only ratios pay

    return Fraction(top, bottom)
