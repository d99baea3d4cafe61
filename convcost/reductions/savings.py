"""What a network's 1×1 reductions buy: each site with and without, and the whole network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.engine.run import Run
from convcost.pointwise import ROLES, kernel_sizes
from convcost.reductions.removal import removal
from convcost.reductions.roles import Roles
from convcost.reductions.site_costs import SiteCosts
from convcost.reductions.sites import SEEN_THROUGH
from convcost.report import Guess, Reductions, RoleShare, SiteSaving
from convcost.units import sizes

if TYPE_CHECKING:
    from convcost.ir import Node
    from convcost.reductions.removal import Removed, Without


def reductions(run: Run, roles: Roles | None = None, also: tuple[str, ...] = ()) -> Reductions:
    """Return what the 1×1 convolutions of a network that has been walked buy.

    ``also``: ("pool_projection",) takes those out of the network without, too. Raises as
    ``without_reductions`` does.
    """
    roles = Roles(run.graph) if roles is None else roles
    shares = _shares(run, roles)
    if not roles.sites and not also:
        kept = tuple(roles.near.items())
        return Reductions((), kept, run.totals(), run.fused.bytes, shares, guesses=_guesses(roles))
    without, ledger = removal(run.graph, None, also, roles, run.known)
    after = Run(without.graph, run.batch, run.dtype, run.device, ledger)
    return Reductions(
        sites=_sites(run, without),
        kept=tuple((kept.layer, kept.reason) for kept in without.kept),
        totals_without=after.totals(),
        fused_without=after.fused.bytes,
        roles=shares,
        projections=without.projections,
        lifted=without.lifted,
        guesses=_guesses(roles),
    )


def _guesses(roles: Roles) -> tuple[Guess, ...]:
    return tuple(Guess(name, roles.by_name[name], other) for name, other in roles.guesses.items())


def _sites(run: Run, without: Without) -> tuple[SiteSaving, ...]:
    """Return every site's saving.

    A 1×1 before another becomes a reduction only once that one is gone: it is judged on the
    network in which it was.
    """
    grounds: dict[int, list[Removed]] = {}
    for removed in without.sites:
        grounds.setdefault(id(removed.before), []).append(removed)
    found: dict[str, SiteSaving] = {}
    for group in grounds.values():
        graph = group[0].before
        ground = run if graph is run.graph else Run(graph, run.batch, run.dtype, run.device)
        first = [min(ground.index[node.name] for node in removed.site.layers) for removed in group]
        opened = ground.open_before(first)
        for removed, lo in zip(group, first, strict=True):
            found[removed.layer] = _saving(removed, SiteCosts(ground, removed.site, opened=opened[lo]))
    return tuple(found[removed.layer] for removed in without.sites)


def _saving(removed: Removed, costs: SiteCosts) -> SiteSaving:
    return SiteSaving(
        layer=removed.layer,
        readers=removed.readers,
        expand=removed.expand,
        wide=removed.wide,
        width=removed.width,
        out=removed.out,
        kernels=tuple(kernel_text(node) for node in removed.site.readers),
        present=costs.now,
        without=costs.without(),
    )


def kernel_text(node: Node) -> str:
    """Return a kernel's sizes as people write them: ``5×5``."""
    return sizes(kernel_sizes(node))


def _shares(run: Run, roles: Roles) -> tuple[RoleShare, ...]:
    """Return the 1×1 convolutions role by role, in the order of the roles."""
    found: dict[str, list[int]] = {}
    for name, role in roles.by_name.items():
        rule = run.rules[run.index[name]]
        sums = found.setdefault(role, [0, 0, 0, 0])
        sums[0] += 1
        sums[1] += rule.cost.macs * run.batch
        sums[2] += rule.cost.params
        sums[3] += _is_activated(roles, name)
    return tuple(RoleShare(role, *found[role]) for role in ROLES if role in found)


def _is_activated(roles: Roles, name: str) -> bool:
    """Whether an activation comes directly after a layer, or after its norm."""
    while True:
        readers = roles.links.readers[name]
        if any(reader.op.GROUP == "activation" for reader in readers):
            return True
        if len(readers) != 1 or readers[0].op.GROUP not in SEEN_THROUGH:
            return False
        name = readers[0].name
