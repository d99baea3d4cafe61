"""What changed between two reports, layer by layer.

Layers are paired by name. A new line in a spec shifts the numbers of unnamed layers
behind it, so a layer that only took another name counts as unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.report import LayerCost, Report


class Change(NamedTuple):
    """A layer that was changed, added (no ``old``) or removed (no ``new``)."""

    old: LayerCost | None
    new: LayerCost | None

    @property
    def sign(self) -> str:
        """``~`` changed, ``+`` added, ``-`` removed."""
        return "~" if self.old and self.new else "+" if self.new else "-"

    @property
    def layer(self) -> LayerCost:
        """The layer as it is now, or as it was."""
        layer = self.new or self.old
        assert layer is not None  # noqa: S101  (a change has at least one side)
        return layer

    def values(self, metric: str) -> tuple[int, int]:
        """Return a summable metric before and after; an absent layer has 0."""
        return (
            self.old.metric(metric) if self.old else 0,
            self.new.metric(metric) if self.new else 0,
        )

    def growth(self, metric: str) -> int:
        """Return by how much a summable metric grew."""
        before, after = self.values(metric)
        return after - before


class Delta(NamedTuple):
    """All changes, in the order of the new network, and how many layers did not change."""

    changes: tuple[Change, ...]
    unchanged: int
    renamed: int

    def grown(self, metric: str) -> list[Change]:
        """Return the layers whose metric grew, most first."""
        grown = [change for change in self.changes if change.growth(metric) > 0]
        return sorted(grown, key=lambda change: -change.growth(metric))


def delta(old: Report, new: Report) -> Delta:
    """Return what changed from ``old`` to ``new``."""
    before = {layer.name: layer for layer in old.layers}
    same = {
        layer.name
        for layer in new.layers
        if (was := before.get(layer.name)) is not None and _figures(was) == _figures(layer)
    }
    left = [layer for layer in old.layers if layer.name not in same]
    arrived = [layer for layer in new.layers if layer.name not in same]
    renamed = _renamed(left, arrived)
    gone = {layer.name: layer for layer in left if layer.name not in renamed}
    kept = set(renamed.values())
    changes = [Change(gone.pop(layer.name, None), layer) for layer in arrived if layer.name not in kept]
    changes += [Change(layer, None) for layer in gone.values()]
    return Delta(tuple(changes), len(same) + len(renamed), len(renamed))


def _figures(layer: LayerCost) -> tuple[object, ...]:
    """Return what makes two layers the same: all but the name and what others do to it."""
    sizes = (layer.weight_bytes, layer.activation_bytes, layer.traffic_bytes, layer.saved_bytes)
    return (layer.op, layer.output, layer.cost, *sizes)


def _renamed(left: Iterable[LayerCost], arrived: Iterable[LayerCost]) -> dict[str, str]:
    """Pair layers that are the same but for their names, in order: old name to new."""
    waiting: dict[tuple[object, ...], list[str]] = {}
    for layer in left:
        waiting.setdefault(_figures(layer), []).append(layer.name)
    pairs = {}
    for layer in arrived:
        names = waiting.get(_figures(layer))
        if names:
            pairs[names.pop(0)] = layer.name
    return pairs
