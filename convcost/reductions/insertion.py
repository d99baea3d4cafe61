"""1×1 reductions put before dense spatial convolutions; with ``sandwich``, whole bottlenecks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.engine.inplace import resettle
from convcost.errors import Diagnostic, UsageError
from convcost.globs import matches
from convcost.pointwise import is_spatial
from convcost.reductions.new_site import new_site
from convcost.reductions.roles import Roles
from convcost.rewire import merged, rewire, sound

if TYPE_CHECKING:
    from fractions import Fraction

    from convcost.ir import Graph, Node
    from convcost.reductions.sites import Links, Site


class Inserted(NamedTuple):
    """A reduction of ``wide`` channels to ``width`` put before a convolution.

    ``layers`` are new; ``expand`` is the widening 1×1 behind it, in a sandwich.
    """

    layer: str
    reader: str
    wide: int
    width: int
    layers: tuple[str, ...]
    expand: str | None = None


class Skipped(NamedTuple):
    """A dense spatial convolution that got no reduction, and why."""

    layer: str
    reason: str


class Reduced(NamedTuple):
    """The network with reductions put in. ``lifted`` layers no longer may work in place."""

    graph: Graph
    inserted: tuple[Inserted, ...]
    skipped: tuple[Skipped, ...]
    lifted: tuple[tuple[str, str], ...] = ()


class Plan(NamedTuple):
    """How wide a reduction is: a fixed width, or the channels over a ratio, rounded down.

    ``multiple_of`` rounds further down to a multiple.
    """

    ratio: int | Fraction | None = None
    width: int | None = None
    multiple_of: int = 1

    def of(self, wide: int) -> int:
        """Return the width for a tensor of so many channels; below 1 where there is none."""
        exact = self.width if self.width is not None else wide // self.ratio if self.ratio else 0
        return exact // self.multiple_of * self.multiple_of


def insert_reductions(  # noqa: PLR0913  (one parameter per option)
    graph: Graph,
    ratio: int | Fraction | None = None,
    *,
    width: int | None = None,
    only: str | None = None,
    multiple_of: int = 1,
    sandwich: bool = False,
) -> Reduced:
    """Return a network with 1×1 reductions before its dense spatial convolutions.

    Each is as wide as the channels it reads over ``ratio``, rounded down (to a multiple of
    ``multiple_of``), or ``width``. Convolutions that have a reduction are skipped, and so are those that share
    their weights or have too few channels, unless ``only`` names them: then that is an error. ``sandwich``: the convolution works at
    the narrow width too, and a second 1×1 widens again. Raises UsageError for a ratio or
    width that cannot be, and for a glob that matches no dense spatial convolution.
    """
    plan = _checked(Plan(ratio, width, multiple_of))
    roles = Roles(sound(graph))
    dense = [
        node for node in graph.nodes if is_spatial(node.op) and (only is None or matches(only, node.name))
    ]
    if not dense and only is not None:
        raise _nothing(graph, only)
    behind = {end.name: name for name, site in roles.sites.items() for end in site.readers}
    sites: list[Site] = []
    skipped = []
    for node in dense:
        reason = _behind(node, behind) or roles.links.sharing([node])
        reason = reason or _too_narrow(node, plan, roles.links, sandwich=sandwich)
        if reason is None:
            wide = roles.links.shapes[node.inputs[0]][0]
            sites.append(new_site(roles.links, node, plan.of(wide), sandwich=sandwich))
        elif only is not None and node.name not in behind:
            raise UsageError(Diagnostic("CC504", f"{node.name}: {reason}", node.loc))
        else:
            skipped.append(Skipped(node.name, reason))
    inserted = tuple(_inserted(site, graph) for site in sites)
    changed, lifted, _ = resettle(rewire(graph, merged([site.insertion() for site in sites])))
    return Reduced(changed if sites else graph, inserted, tuple(skipped), lifted)


def _checked(plan: Plan) -> Plan:
    """Refuse a plan that no network could follow."""
    if (plan.ratio is None) == (plan.width is None):
        raise UsageError(Diagnostic("CC504", "a reduction needs either a ratio or a width"))
    given: object = plan.ratio  # an untyped caller may hand over anything
    if isinstance(given, float):
        message = f"a ratio must be exact: an integer or a Fraction, not the float {given}"
        raise UsageError(Diagnostic("CC504", message, hint=f'Fraction("{given}")'))
    if plan.ratio is not None and plan.ratio <= 1:
        raise UsageError(
            Diagnostic("CC504", f"a ratio must be greater than 1, not {plan.ratio}: 4 keeps a quarter")
        )
    if plan.width is not None and plan.width < 1:
        raise UsageError(Diagnostic("CC504", f"a width must be at least 1, not {plan.width}"))
    if plan.multiple_of < 1:
        raise UsageError(Diagnostic("CC504", f"a multiple of {plan.multiple_of} is not a width"))
    if plan.width is not None and plan.width % plan.multiple_of:
        raise UsageError(Diagnostic("CC504", f"{plan.width} is not a multiple of {plan.multiple_of}"))
    return plan


def _nothing(graph: Graph, only: str) -> UsageError:
    named = [node.name for node in graph.nodes if matches(only, node.name)]
    if not named:
        return UsageError(Diagnostic("CC503", f"{only!r} matches no layer"))
    message = f"{only!r} matches no dense convolution with a kernel larger than 1"
    return UsageError(Diagnostic("CC503", message, notes=(f"it matches {', '.join(named[:5])}",)))


def _behind(node: Node, behind: dict[str, str]) -> str | None:
    return f"it has the reduction {behind[node.name]}" if node.name in behind else None


def _too_narrow(node: Node, plan: Plan, links: Links, *, sandwich: bool) -> str | None:
    """Return why a convolution's input leaves no room for a reduction, None where it does."""
    wide = links.shapes[node.inputs[0]][0]
    width = plan.of(wide)
    if width < 1:
        return f"{wide} channels are too few for a reduction" + _by(plan)
    if width >= wide:
        return f"a reduction to {width} would not narrow its {wide} channels"
    if sandwich and width >= node.shape[0]:
        return f"a bottleneck of {width} would not widen again to its {node.shape[0]} channels"
    return None


def _by(plan: Plan) -> str:
    by = f" by {plan.ratio}" if plan.ratio is not None else ""
    return by + (f" to a multiple of {plan.multiple_of}" if plan.multiple_of > 1 else "")


def _inserted(site: Site, graph: Graph) -> Inserted:
    return Inserted(
        layer=site.reduce.name,
        reader=site.readers[0].name,
        wide=graph.shapes[site.reduce.inputs[0]][0],
        width=site.width,
        layers=tuple(node.name for node in site.layers if node is not site.readers[0]),
        expand=None if site.expand is None else site.expand.name,
    )
