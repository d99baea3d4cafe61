"""A network without its 1×1 reductions: each is removed, and what reads it reads the wide tensor.

So are the norms, activations and dropouts between a reduction and its readers. In a sandwich
the widening 1×1 is removed as well: the spatial convolution then writes its width, and of the
two norms and activations after them the widening one's stay. Strides multiply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.engine.inplace import resettle
from convcost.engine.reshape import reshape
from convcost.errors import Diagnostic, SpecError, UsageError, suggest
from convcost.exact import spread
from convcost.globs import any_of
from convcost.pointwise import convolution
from convcost.reductions.roles import Roles
from convcost.reductions.sites import SEEN_THROUGH
from convcost.rewire import Edit, merged, rewire, sound

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from convcost.engine.inplace import Ledger
    from convcost.engine.op_facts import Rules
    from convcost.ir import Graph, Node
    from convcost.reductions.sites import Links, Site

ALSO = ("pool_projection",)
"""The roles that are removed besides ``reduce`` where asked for."""


class Kept(NamedTuple):
    """A 1×1 convolution that would be a reduction, and why it stays."""

    layer: str
    reason: str


class Removed(NamedTuple):
    """A reduction to ``width`` channels that was removed, from a tensor of ``wide``.

    ``readers`` now read the wide tensor; ``layers`` were removed. ``expand`` is the widening 1×1 of
    a sandwich. ``site`` has the nodes as they were in the graph ``before``.
    """

    layer: str
    readers: tuple[str, ...]
    wide: int
    width: int
    out: int
    layers: tuple[str, ...]
    expand: str | None
    site: Site
    before: Graph


class Without(NamedTuple):
    """The network without its reductions, and what became of every one of them.

    ``projections`` are the pool projections that were removed (``also``). ``lifted`` are layers that
    worked in place and no longer may, with the reason.
    """

    graph: Graph
    sites: tuple[Removed, ...]
    kept: tuple[Kept, ...]
    projections: tuple[str, ...] = ()
    lifted: tuple[tuple[str, str], ...] = ()


def without_reductions(
    graph: Graph, only: str | Sequence[str] | None = None, also: Iterable[str] = ()
) -> Without:
    """Return a network without its 1×1 reductions.

    ``only``: a glob or several; other reductions stay. ``also``: ("pool_projection",) takes those out too,
    so that concats grow, and all that follows: the paper's naive module. Repeated until
    nothing changes. Raises UsageError for a glob that matches no reduction and an unknown
    word in ``also`` and for a graph that is no network, SpecError where a declared reduction cannot be removed.
    """
    result, _ = removal(sound(graph), only, tuple(also))
    return result


def removal(
    graph: Graph,
    only: str | Sequence[str] | None = None,
    also: tuple[str, ...] = (),
    roles: Roles | None = None,
    rules: Rules | None = None,
) -> tuple[Without, Ledger]:
    """Do as ``without_reductions``; the ledger has the walks of the new network.

    ``roles`` are the graph's, ``rules`` those of the run that is to take the walks over.
    """
    unknown = next((word for word in also if word not in ALSO), None)
    if unknown is not None:
        hint = suggest(unknown, ALSO)
        raise UsageError(
            Diagnostic("CC502", f"{unknown} is not a role that can be removed as well", hint=hint)
        )
    rounds = _Rounds(only, also)
    changed, found = rounds.run(graph, roles)
    if only is not None and not rounds.matched:
        raise _nothing(only, Roles(graph), also)
    final, lifted, ledger = resettle(changed, rules)
    order = {node.name: index for index, node in enumerate(graph.nodes)}
    sites = tuple(sorted(rounds.sites, key=lambda site: order[site.layer]))
    kept = dict(found.near) | rounds.refused
    listed = tuple(Kept(*item) for item in sorted(kept.items(), key=lambda item: order[item[0]]))
    return Without(final, sites, listed, tuple(sorted(rounds.gone, key=order.__getitem__)), lifted), ledger


def _nothing(only: str | Sequence[str], roles: Roles, also: tuple[str, ...]) -> UsageError:
    asked = any_of(only)
    only = only if isinstance(only, str) else ", ".join(only)
    wanted = {"reduce", *also}
    named = [name for name in roles.by_name if asked(name)]
    there = [name for name, role in roles.by_name.items() if role in wanted]
    if named:
        notes = tuple(
            f"{name} is {roles.by_name[name]}" + (f": {roles.near[name]}" if name in roles.near else "")
            for name in named[:5]
        )
        return UsageError(Diagnostic("CC503", f"no reduction matches {only!r}", notes=notes))
    hint = f"the reductions are {', '.join(there[:3])}" + (" …" if len(there) > 3 else "") if there else None  # noqa: PLR2004  (as many as a hint can take)
    return UsageError(Diagnostic("CC503", f"{only!r} matches no 1×1 convolution", hint=hint))


class _Rounds:
    """Takes reductions out, round after round, until there are none left."""

    def __init__(self, only: str | Sequence[str] | None, also: tuple[str, ...]) -> None:
        self.asked = any_of(only)
        self.also = also
        self.matched = False
        self.sites: list[Removed] = []
        self.refused: dict[str, str] = {}
        self.gone: list[str] = []

    def run(self, graph: Graph, known: Roles | None) -> tuple[Graph, Roles]:
        """Return the final graph and its roles; ``known`` are those of the first."""
        while True:
            roles = Roles(graph) if known is None else known
            known = None
            self.refused = {name: why for name, why in self.refused.items() if name in roles.by_name}
            after = self._reductions(graph, roles)
            if after is graph and self.also:
                after = self._projections(graph, roles)
            if after is graph:
                return graph, roles
            graph = after

    def _wanted(self, name: str) -> bool:
        wanted = self.asked(name)
        self.matched = self.matched or wanted
        return wanted and name not in self.refused

    def _reductions(self, graph: Graph, roles: Roles) -> Graph:
        """Remove every reduction that can go, the last one first.

        A 1×1 before another sees its new readers in the next round, and so does one that
        another reduction reads.
        """
        edits: list[Edit] = []
        changed: set[str] = set()
        for site in reversed([site for name, site in roles.sites.items() if self._wanted(name)]):
            names = {node.name for node in site.layers}
            if changed.isdisjoint(names) and self._may_go(site, roles):
                changed |= names
                self.sites.append(_removed(site, graph))
                edits.append(site.removal())
        return rewire(graph, merged(edits)) if edits else graph

    def _may_go(self, site: Site, roles: Roles) -> bool:
        """Whether a site keeps the shapes at its edge; otherwise the reason is noted."""
        reason = _refusal(site, roles)
        if reason is None:
            return True
        if site.reduce.origin.role == "reduce":
            message = f"{site.reduce.name} is declared reduce, but it cannot be removed: {reason}"
            raise SpecError(Diagnostic("CC501", message, site.reduce.loc))
        self.refused[site.reduce.name] = reason
        return False

    def _projections(self, graph: Graph, roles: Roles) -> Graph:
        """Remove the pool projections: all at once, or else each that can go by itself."""
        found = [name for name, role in roles.by_name.items() if role == "pool_projection"]
        names = [name for name in found if self._wanted(name) and self._may_project(name, roles)]
        if not names:
            return graph
        try:
            after = _unprojected(graph, names, roles)
        except SpecError:
            return self._one_by_one(graph, names, roles)
        self.gone += names
        return after

    def _may_project(self, name: str, roles: Roles) -> bool:
        """Whether a projection only mixes channels; otherwise the reason is noted."""
        tail = _own_tail(roles.links.makers[name], roles.links)
        reason = _not_projection(tail[0], roles) or roles.links.sharing(tail)
        if reason is not None:
            self.refused[name] = reason
        return reason is None

    def _one_by_one(self, graph: Graph, names: list[str], roles: Roles) -> Graph:
        for name in names:
            try:
                graph = _unprojected(graph, [name], roles)
            except SpecError as error:
                self.refused[name] = f"without it, {error.diagnostics[0].message}"
            else:
                self.gone.append(name)
        return graph


def _not_projection(node: Node, roles: Roles) -> str | None:
    """Return what else than mixing channels a pool projection does."""
    strided = any(step != 1 for step in spread(convolution(node.op).stride, len(node.shape) - 1))
    return "it has a stride" if strided else roles.links.not_plain(node)


def _refusal(site: Site, roles: Roles) -> str | None:
    """Return why a site cannot go although its readers are of the right kind.

    That is where a shape at its edge would change.
    """
    wide = roles.links.shapes[site.reduce.inputs[0]]
    for end in site.readers:
        op = site.widened(end)
        target = end if site.expand is None else site.expand
        problem = next(iter(op.check(wide)), None)
        if problem is not None:
            return f"{end.name} cannot read the wide tensor: {problem.message}"
        shape = op.shape(wide)
        if shape != target.shape:
            return f"{target.name} would become {list(shape)} instead of {list(target.shape)}"
    return None


def _removed(site: Site, graph: Graph) -> Removed:
    readers = set(site.readers)
    out = sum(end.shape[0] for end in site.readers) if site.expand is None else site.expand.shape[0]
    return Removed(
        layer=site.reduce.name,
        readers=tuple(end.name for end in site.readers),
        wide=graph.shapes[site.reduce.inputs[0]][0],
        width=site.width,
        out=out,
        layers=tuple(node.name for node in site.layers if node not in readers),
        expand=None if site.expand is None else site.expand.name,
        site=site,
        before=graph,
    )


def _unprojected(graph: Graph, names: Iterable[str], roles: Roles) -> Graph:
    """Return the graph without these projections and their norms and activations."""
    tails = [_own_tail(roles.links.makers[name], roles.links) for name in names]
    places: dict[str, tuple[Node, ...]] = {node.name: () for tail in tails for node in tail}
    renamed = {tail[-1].name: tail[0].inputs[0] for tail in tails}
    return reshape(rewire(graph, Edit(places, renamed)))


def _own_tail(node: Node, links: Links) -> list[Node]:
    """Return a projection and the norms, activations and dropouts that alone read it."""
    found = [node]
    while True:
        readers = links.readers[found[-1].name]
        alone = len(readers) == 1 and not links.is_loose(found[-1].name)
        if not alone or readers[0].op.GROUP not in SEEN_THROUGH:
            return found
        found.append(readers[0])
