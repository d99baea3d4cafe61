"""A network with and without its 1×1 reductions, run in turn: what is saved, and what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from convcost.errors import Diagnostic, UsageError
from convcost.reductions.removal import without_reductions
from convcost.torch_backend.profile import Profile, profile_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcost.ir import Graph
    from convcost.reductions.removal import Removed, Without
    from convcost.torch_backend.profile_clock import Spread
    from convcost.torch_backend.runner import How


class Side(NamedTuple):
    """A site's layers in one of the two networks: their macs, and their time if it was taken."""

    macs: int
    time: Spread | None


class SiteTime(NamedTuple):
    """One reduction: its site's layers with it and without it."""

    layer: str
    readers: tuple[str, ...]
    width: int
    present: Side
    without: Side

    @property
    def predicted(self) -> float | None:
        """How many times fewer macs there are with the reduction."""
        return self.without.macs / self.present.macs if self.present.macs else None

    @property
    def realised(self) -> float | None:
        """How many times less time it took."""
        if self.present.time is None or self.without.time is None or not self.present.time.median:
            return None
        return self.without.time.median / self.present.time.median


@dataclass(frozen=True, slots=True)
class Pair:
    """Both profiles, the sites one by one, and what stays with the reason."""

    present: Profile
    without: Profile
    sites: tuple[SiteTime, ...]
    kept: tuple[tuple[str, str], ...]

    @property
    def predicted(self) -> float:
        """How many times fewer macs the whole network has with its reductions."""
        return self.without.report.totals.metric("macs") / self.present.report.totals.metric("macs")

    def realised(self) -> tuple[float, float, float]:
        """How many times less time it took: the median over the turns, and the quartiles."""
        turns = zip(self.present.whole, self.without.whole, strict=True)
        ratios = sorted(bare / reduced for reduced, bare in turns)
        last = len(ratios) - 1
        low, middle, high = (ratios[round(last * part)] for part in (0.25, 0.5, 0.75))
        return middle, low, high


def profile_without(graph: Graph, how: How, tick: Callable[[], None] = lambda: None) -> Pair:
    """Run a network with and without its reductions in turn, and return both.

    Raises UsageError as ``profile`` does, with the memory that both would need, and where
    there is no reduction to be removed.
    """
    removed = without_reductions(graph)
    if not removed.sites:
        raise UsageError(Diagnostic("CC709", f"{graph.name} has no 1×1 reduction that could be removed"))
    both = {graph.name: graph, f"{graph.name} without its reductions": removed.graph}
    present, without = profile_all(both, how, tick)
    return _pair(present, without, removed)


def _pair(present: Profile, without: Profile, removed: Without) -> Pair:
    sites = tuple(_site_time(site, present, without) for site in removed.sites)
    return Pair(present, without, sites, tuple((kept.layer, kept.reason) for kept in removed.kept))


def _site_time(removed: Removed, present: Profile, without: Profile) -> SiteTime:
    names = [node.name for node in removed.site.layers]
    return SiteTime(removed.layer, removed.readers, removed.width, _of(names, present), _of(names, without))


def _of(names: list[str], profile: Profile) -> Side:
    """Return what those of the layers that this network has cost and took."""
    there = [layer for layer in profile.report.layers if layer.name in names]
    time = profile.of(layer.name for layer in there) if profile.passes else None
    return Side(sum(layer.cost.macs for layer in there), time)
