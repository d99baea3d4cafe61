"""Break-even: the largest width at which a 1×1 reduction still strictly saves.

For macs and params a site costs ``square·r² + line·r + rest`` at width ``r`` (the square only
in a sandwich), against what it costs without: solved exactly, in integers. Peak and saved
bytes are found by bisection over the analytic figures. That is exact: no tensor shrinks when
``r`` grows, so what is alive at any moment, their maximum, and what is saved never fall.
Widths go from 1 to the channels the reduction reads; None means that no width saves.
"""

from __future__ import annotations

from itertools import pairwise
from math import isqrt
from typing import TYPE_CHECKING, NamedTuple

from convcost.engine.run import Run
from convcost.errors import Diagnostic, UsageError
from convcost.exact import prod
from convcost.globs import any_of
from convcost.pointwise import convolution, is_spatial, kernel_elements
from convcost.reductions.new_site import new_site
from convcost.reductions.roles import Roles
from convcost.reductions.site_costs import SiteCosts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from convcost.ir import Graph, Node
    from convcost.reductions.sites import Site

QUANTITIES = ("macs", "params", "peak_bytes", "saved_bytes")
FRACTIONS = (2, 4, 8)


class Curve(NamedTuple):
    """A quantity over the width ``r``: ``square·r² + line·r + rest``; ``without``: no reduction."""

    square: int
    line: int
    rest: int
    without: int

    def at(self, width: int) -> int:
        """Return the quantity at a width."""
        return (self.square * width + self.line) * width + self.rest

    def largest(self, most: int) -> int:
        """Return the largest width up to ``most`` that costs strictly less, or one below 1."""
        room = self.without - self.rest - 1
        if room < self.line:
            return 0
        if not self.square:
            return min(room // self.line, most)
        root = isqrt(self.line**2 + 4 * self.square * room)
        return min((root - self.line) // (2 * self.square), most)


class Point(NamedTuple):
    """What a site costs at one width."""

    width: int
    macs: int
    params: int


class BreakEven(NamedTuple):
    """Where a reduction before dense convolutions stops paying.

    ``width``: the present reduction's, None where there is none yet; then ``layer`` is the
    convolution itself, else the reduction. ``largest``: by quantity, the largest width that
    strictly saves, None for never. ``points``: at the present width and at 1/2, 1/4, 1/8 of
    the ``wide`` channels; ``macs`` and ``params`` are the whole curves.
    """

    layer: str
    readers: tuple[str, ...]
    wide: int
    width: int | None
    sandwich: bool
    largest: dict[str, int | None]
    points: tuple[Point, ...]
    macs: Curve
    params: Curve


def breakeven(
    graph: Graph,
    only: str | Sequence[str] | None = None,
    batch: int = 1,
    dtype: str = "float32",
    device: str = "cpu",
) -> tuple[BreakEven, ...]:
    """Return the break-even of every dense spatial convolution, reduced today or not.

    Those after one reduction are one row; those that share their weights with another are none. ``only``: globs over the names of reductions and
    convolutions; UsageError where none matches. Bytes are at this batch and dtype.
    """
    wanted = any_of(only)
    run = Run(graph, batch, dtype, device)
    result = [_row(costs) for costs in _candidates(run, Roles(graph)) if any(map(wanted, costs.names))]
    if only is not None and not result:
        asked = only if isinstance(only, str) else ", ".join(only)
        message = f"{asked!r} matches no dense convolution with a kernel larger than 1, and no reduction"
        raise UsageError(Diagnostic("CC503", message))
    return tuple(result)


def _candidates(run: Run, roles: Roles) -> Iterator[SiteCosts]:
    """Yield the site of every dense spatial convolution, each once: its reduction's, or one it could have."""
    reduced = {reader.name: site for site in roles.sites.values() for reader in site.readers}
    seen: set[str] = set()
    for node in run.graph.nodes:
        if not is_spatial(node.op):
            continue
        site = reduced.get(node.name)
        if site is None and roles.links.partner(node) is None:
            yield SiteCosts(run, new_site(roles.links, node, 1), present=False)
        elif site is not None and site.reduce.name not in seen:
            seen.add(site.reduce.name)
            yield SiteCosts(run, site)


def _row(costs: SiteCosts) -> BreakEven:
    site = costs.site
    wide = costs.wide
    macs, params = macs_curve(costs), params_curve(costs)
    largest = {"macs": macs.largest(wide), "params": params.largest(wide)}
    without = costs.without()
    largest["peak_bytes"] = bisected(lambda width: costs.at(width).peak_bytes, without.peak_bytes, wide)
    largest["saved_bytes"] = bisected(lambda width: costs.at(width).saved_bytes, without.saved_bytes, wide)
    width = site.width if costs.present else None
    widths = ([width] if width else []) + [wide // part for part in FRACTIONS if wide >= part]
    return BreakEven(
        layer=costs.names[0],
        readers=tuple(reader.name for reader in site.readers),
        wide=wide,
        width=width,
        sandwich=site.expand is not None,
        largest={name: possible(site, found) for name, found in largest.items()},
        points=tuple(Point(r, macs.at(r), params.at(r)) for r in widths),
        macs=macs,
        params=params,
    )


def bisected(cost: Callable[[int], int], limit: int, most: int) -> int:
    """Return the largest width from 1 to ``most`` that costs less than ``limit``, 0 for none.

    ``cost`` must never fall as the width grows.
    """
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if cost(middle) < limit:
            low = middle
        else:
            high = middle - 1
    return low


def possible(site: Site, width: int) -> int | None:
    """Return the largest width up to this one that the site's norms can have, None for none."""
    return next((narrow for narrow in range(width, 0, -1) if _stands(site.resized(narrow))), None)


def _stands(site: Site) -> bool:
    """Whether what is between a site's convolutions can be at its width."""
    chains = ((site.reduce, *site.between), (site.readers[0], *site.after))
    pairs = [pair for chain in chains for pair in pairwise(chain)]
    return not any(True for before, node in pairs for _ in node.op.check(before.shape))


def macs_curve(costs: SiteCosts) -> Curve:
    """Return the macs of a site over its width."""
    site, wide = costs.site, costs.wide
    own = prod(site.reduce.shape[1:]) * wide
    readers = sum([_weights(node) * prod(node.shape[1:]) for node in site.readers])
    if site.expand is None:
        curve = Curve(0, own + readers, 0, wide * readers)
    else:
        spatial, expand = site.readers[0], site.expand
        inner, outer = prod(spatial.shape[1:]), prod(expand.shape[1:])
        out, kernel = expand.shape[0], kernel_elements(spatial)
        curve = Curve(inner * kernel, own + outer * out, 0, outer * kernel * wide * out)
    return Curve(*(value * costs.run.batch for value in curve))


def params_curve(costs: SiteCosts) -> Curve:
    """Return the parameters of a site over its width: weights, biases, norms."""
    site, wide = costs.site, costs.wide
    slope, rest = _extras((site.reduce, *site.between))
    if site.expand is None:
        readers = sum([_weights(node) for node in site.readers])
        bias = sum([_bias(node) * node.shape[0] for node in site.readers])
        return Curve(0, wide + slope + readers, rest + bias, wide * readers + bias)
    spatial, out = site.readers[0], site.expand.shape[0]
    kernel, bias = kernel_elements(spatial), _bias(site.expand) * out
    more, other = _extras((spatial, *site.after))
    return Curve(kernel, wide + slope + more + out, rest + other + bias, kernel * wide * out + bias)


def _weights(node: Node) -> int:
    """Return a convolution's weights per input channel."""
    return kernel_elements(node) * node.shape[0]


def _bias(node: Node) -> int:
    return int(convolution(node.op).bias)


def _extras(nodes: Iterable[Node]) -> tuple[int, int]:
    """Return the parameters besides weights of a convolution and what follows: per channel, fixed.

    Each is a multiple of the width plus a constant, so two widths tell both.
    """
    conv, *others = nodes
    slope, fixed = _bias(conv), 0
    for node in others:
        one, two = (_params(node, width) for width in (1, 2))
        slope += two - one
        fixed += 2 * one - two
    return slope, fixed


def _params(node: Node, width: int) -> int:
    shape = (width, *node.shape[1:])
    return node.op.cost((shape,), shape).params
