"""Break-even: the largest width at which a 1×1 reduction still strictly saves.

For macs and params a site costs ``square·r² + line·r + rest`` at width ``r`` (the square only
in a sandwich), against what it costs without: solved exactly, in integers. Peak and saved
bytes are found by bisection over the analytic figures. That is exact: no tensor shrinks when
``r`` grows, so what is alive at any moment, their maximum, and what is saved never fall.
Widths go from 1 to the channels the reduction reads; None means that no width saves.
"""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.engine.run import Run
from convcost.errors import Diagnostic, UsageError
from convcost.exact import prod
from convcost.globs import any_of
from convcost.reductions.insertion import insertion
from convcost.reductions.roles import Roles
from convcost.reductions.site_costs import SiteCosts
from convcost.reductions.sites import is_spatial, kernel_elements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

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

    Those behind one reduction share a row. ``only``: globs over the names of reductions and
    convolutions; UsageError where none matches. Bytes are at this batch and dtype.
    """
    wanted = any_of(only)
    roles = Roles(graph)
    run = Run(graph, batch, dtype, device)
    behind = {reader.name: site for site in roles.sites.values() for reader in site.readers}
    seen: set[str] = set()
    result = []
    for node in graph.nodes:
        site = behind.get(node.name)
        if not is_spatial(node) or (site is not None and site.reduce.name in seen):
            continue
        if not wanted(node.name) and not (site is not None and wanted(site.reduce.name)):
            continue
        if site is None:
            fresh = insertion(roles.links, node, 1)
            result.append(_row(SiteCosts(run, fresh, present=False)))
        else:
            seen.add(site.reduce.name)
            result.append(_row(SiteCosts(run, site)))
    if only is not None and not result:
        asked = only if isinstance(only, str) else ", ".join(only)
        message = f"{asked!r} matches no dense convolution with a kernel larger than 1, and no reduction"
        raise UsageError(Diagnostic("CC503", message))
    return tuple(result)


def _row(costs: SiteCosts) -> BreakEven:
    site, run = costs.site, costs.run
    wide = run.graph.shapes[site.reduce.inputs[0]][0]
    macs, params = macs_curve(site, run), params_curve(site, run)
    largest = {"macs": macs.largest(wide), "params": params.largest(wide)}
    without = costs.without()
    for quantity in ("peak_bytes", "saved_bytes"):
        limit: int = getattr(without, quantity)
        largest[quantity] = bisected(lambda r, q=quantity: getattr(costs.at(r), q), limit, wide)  # type: ignore[misc]
    width = site.width if costs.present else None
    widths = ([width] if width else []) + [wide // part for part in FRACTIONS if wide >= part]
    return BreakEven(
        layer=site.reduce.name if costs.present else site.readers[0].name,
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
    for candidate in range(width, 0, -1):
        inside = site.resized(candidate)
        layers = (*zip(inside.between, (inside.reduce, *inside.between), strict=False),)
        layers += (*zip(inside.after, (*inside.readers[:1], *inside.after), strict=False),)
        if not any(True for node, before in layers for _ in node.op.check(before.shape)):
            return candidate
    return None


def macs_curve(site: Site, run: Run) -> Curve:
    """Return the macs of a site over its width."""
    wide = run.graph.shapes[site.reduce.inputs[0]][0]
    own = prod(site.reduce.shape[1:]) * wide
    readers = sum([_weights(node) * prod(node.shape[1:]) for node in site.readers])
    return _curve(site, run, own, readers, positions=True)


def params_curve(site: Site, run: Run) -> Curve:
    """Return the parameters of a site over its width: weights, biases, norms."""
    wide = run.graph.shapes[site.reduce.inputs[0]][0]
    readers = sum([_weights(node) for node in site.readers])
    return _curve(site, run, wide, readers, positions=False)


def _curve(site: Site, run: Run, own: int, readers: int, *, positions: bool) -> Curve:
    """Return a curve from the reduction's macs (or weights) and its readers', per channel."""
    wide = run.graph.shapes[site.reduce.inputs[0]][0]
    batch = run.batch if positions else 1
    slope, rest = (0, 0) if positions else _extras((site.reduce, *site.between))
    bias = 0 if positions else sum([_bias(node) * node.shape[0] for node in site.readers])
    if site.expand is None:
        return _scaled(Curve(0, own + slope + readers, rest + bias, wide * readers + bias), batch)
    spatial, expand = site.readers[0], site.expand
    inner = prod(spatial.shape[1:]) if positions else 1
    outer = prod(expand.shape[1:]) if positions else 1
    kernel, out = kernel_elements(spatial) or 1, expand.shape[0]
    more, other = (0, 0) if positions else _extras((spatial, *site.after))
    bias = 0 if positions else _bias(expand) * out
    line = own + slope + more + outer * out
    without = outer * kernel * wide * out + bias
    return _scaled(Curve(inner * kernel, line, rest + other + bias, without), batch)


def _scaled(curve: Curve, batch: int) -> Curve:
    return Curve(*(value * batch for value in curve))


def _weights(node: Node) -> int:
    """Return a convolution's weights per input channel."""
    return (kernel_elements(node) or 1) * node.shape[0]


def _bias(node: Node) -> int:
    op: Any = node.op
    return int(op.bias)


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
