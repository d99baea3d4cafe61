"""How single cells are filled: shapes, settings and metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.cost import METRICS, SUMMABLE
from convcost.units import human
from convcost.view import Amount, Note

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from convcost.ir import Shape
    from convcost.report import LayerCost, Report, Totals
    from convcost.view import Cell

SORTABLE: tuple[str, ...] = (*SUMMABLE, "intensity")
"""The metrics by which layers can be ranked."""


def times(values: Iterable[object]) -> str:
    """Return sizes as people write them: ``3×224×224``."""
    return "×".join(map(str, values))


def per_dim(values: Iterable[int | Fraction]) -> str:
    """Return one value per dim, or a single one where all are alike: ``7``, ``7×1``."""
    every = list(values)
    return times(every[:1] if len(set(every)) == 1 else every)


def field_size(layer: LayerCost) -> Cell:
    """Return how many input pixels one output position sees: a number where all dims agree."""
    sizes = {field.size for field in layer.field}
    return Amount(sizes.pop(), "pixels") if len(sizes) == 1 else times(f.size for f in layer.field)


def value_of(figures: LayerCost | Totals, metric: str) -> int | float:
    """Return any metric that layers and totals share."""
    return figures.intensity if metric == "intensity" else figures.metric(metric)


def amount(figures: LayerCost | Totals, metric: str) -> Amount:
    """Return a metric as a cell."""
    return Amount(value_of(figures, metric), METRICS[metric].unit)


def whole(value: int, unit: str) -> Cell:
    """Return an integer unrounded, or '' where rounding for people lost nothing."""
    shown = human(value, unit)
    return "" if shown.number.replace(",", "") == str(value) else Amount(value, unit, whole=True)


def title(report: Report, label: str) -> str:
    """Return the line a network is introduced with."""
    count = len(report.layers)
    layers = f"{count:,} layer" + ("" if count == 1 else "s")
    return f"{label} · {shape(report.input)} · batch {report.batch} · {report.dtype} · {layers}"


def shape(sizes: Shape) -> str:
    """Return a shape, channels first."""
    return times(sizes)


def conventions(reports: Iterable[Report]) -> Note:
    """Return the line every table ends with."""
    settings = {
        f"batch {r.batch}, {r.dtype}" + ("" if r.device == "cpu" else f", {r.device}") for r in reports
    }
    return Note("1 MAC = 2 FLOPs; " + " / ".join(sorted(settings)), "dim")
