"""What each 1×1 convolution is there for: one role each, the first that matches.

0. a role declared in the spec;
1. ``shortcut``: inside a residual's shortcut;
2. ``gate``: in a ``mul`` branch after a global pool;
3. ``pointwise``: next to a depthwise convolution, through norm and activation;
4. ``expand``: the widening 1×1 of a sandwich, at the end of a network too;
5. ``classifier``: what decides: no convolution or linear layer comes after it, nor is it
   joined with others (a lone module's 1×1 make a part of its output, they decide nothing);
6. ``reduce``: fewer channels out than in (as many, in a sandwich) for dense convolutions
   alone, at least one of them spatial;
7. ``pool_projection``: fewer channels out than in, sole reader of a stride-1 pool;
8. ``mix``: all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.errors import Diagnostic, SpecError
from convcost.pointwise import convolution, is_pointwise, is_wide
from convcost.reductions.sites import THROUGH_SUMS, Links, Site

if TYPE_CHECKING:
    from convcost.ir import Graph, Group, Node
    from convcost.reductions.sites import Tail

_ENDS: frozenset[Group] = frozenset({"conv", "linear"})
_BESIDE: frozenset[Group] = frozenset({"norm", "activation"})


def roles(graph: Graph) -> dict[str, str]:
    """Return the role of every 1×1 convolution, by layer name, in the graph's order.

    Raises SpecError, with one diagnostic per layer, where a declared role contradicts its
    layer: a declared ``reduce`` that cannot be removed among them.
    """
    return Roles(graph).by_name


class Places(NamedTuple):
    """The layers that are gates, that are beside a depthwise convolution, that nothing works on."""

    gates: set[str]
    beside: set[str]
    final: set[str]


class Roles:
    """The roles of a graph's 1×1 convolutions, its sites, near misses and guesses.

    ``sites`` are the removable reductions by name; ``near`` those that would be reductions
    but for the reason given; ``guesses`` those whose author may have meant the role given.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.links = Links(graph)
        self.by_name: dict[str, str] = {}
        self.sites: dict[str, Site] = {}
        self.near: dict[str, str] = {}
        self.guesses: dict[str, str] = {}
        self._wrong: list[Diagnostic] = []
        pointwise = [node for node in graph.nodes if is_pointwise(node.op)]
        if pointwise:
            self._assign(pointwise)
        if self._wrong:
            raise SpecError(*self._wrong)

    def _assign(self, pointwise: list[Node]) -> None:
        self._places = Places(self._gates(), self._beside_depthwise(), self._final())
        expands: set[str] = set()
        for node in pointwise:
            self.by_name[node.name] = self._early(node) or self._late(node, expands)
            if node.origin.role is not None:
                self._check(node)
            elif node.name in self._places.final:
                self._doubt(node)

    def _doubt(self, node: Node) -> None:
        """Note what else a network's last 1×1 may be.

        The end of a bottleneck could be what decides; and a classifier has no norm: a backbone
        that was cut off has one.
        """
        role = self.by_name[node.name]
        if role == "expand":
            self.guesses[node.name] = "classifier"
        elif role == "classifier" and any(r.op.GROUP == "norm" for r in self.links.readers[node.name]):
            self.guesses[node.name] = "mix"

    def _late(self, node: Node, expands: set[str]) -> str:
        """Return roles 4 to 8; an expand comes after its reduce in the graph's order."""
        if node.name in expands:
            return "expand"
        if node.name in self._places.final:
            return "classifier"
        if self._reduces(node, expands):
            return "reduce"
        if self.links.narrows(node) and self.links.follows_pool(node):
            return "pool_projection"
        return "mix"

    def _reduces(self, node: Node, expands: set[str]) -> bool:
        """Whether a 1×1 is a reduction; then its site is noted, and the expand it has."""
        links = self.links
        if links.widens(node):
            return False
        tail = links.tail(node)
        if not any(is_wide(end.op) for end in tail.ends):
            self._note_sum(node, tail)
            return False
        site = self._site(node, tail)
        if not links.narrows(node) and site.expand is None:
            return False
        reason = links.obstacle(node, tail) or links.sharing(site.layers)
        if reason is not None:
            self.near[node.name] = reason
            return False
        self.sites[node.name] = site
        if site.expand is not None:
            expands.add(site.expand.name)
        return True

    def _note_sum(self, node: Node, tail: Tail) -> None:
        """Note a 1×1 that narrows for a dense convolution which reads it only in a sum with others."""
        links = self.links
        if not links.narrows(node) or not any(end.op.NAME in THROUGH_SUMS for end in tail.ends):
            return
        found = links.summed.get(node.name)
        if found is not None:
            total, reader = found
            self.near[node.name] = f"{reader} reads it only after a sum with others ({total})"

    def _site(self, node: Node, tail: Tail) -> Site:
        """Return a removable 1×1's site; a widening 1×1 of another role makes no sandwich.

        Declarations mean what they say: a declared reduce takes only a declared expand along.
        """
        site = self.links.site(node, tail)
        if site.expand is None:
            return site
        role = self._early(site.expand)
        fits = role == "expand" or (role is None and node.origin.role is None)
        return site if fits else site._replace(after=(), expand=None)

    # --- roles that others' places decide ------------------------------------------------

    def _beside_depthwise(self) -> set[str]:
        """Return the layers next to a depthwise convolution, through norm and activation."""
        source: dict[str, str] = {}  # what lies before a tensor's norms and activations
        depthwise: set[str] = set()
        found: set[str] = set()
        for node in self.graph.nodes:
            if not node.inputs:
                continue
            before = source.get(node.inputs[0], node.inputs[0])
            source[node.name] = before if node.op.GROUP in _BESIDE else node.name
            if _is_depthwise(node, self.links.shapes[node.inputs[0]][0]):
                depthwise.add(node.name)
                found.add(before)
            elif before in depthwise:
                found.add(node.name)
        return found

    def _gates(self) -> set[str]:
        """Return the layers between a global pool and the mul its gate goes to."""
        pooled = self._pooled()
        found: set[str] = set()
        for node in reversed(self.graph.nodes):
            joins = node.op.GROUP == "gate" and not all(name in pooled for name in node.inputs)
            if joins or (node.name in found and node.op.GROUP != "global_pool"):
                found.update(name for name in node.inputs if name in pooled)
        return found

    def _pooled(self) -> set[str]:
        """Return the tensors that depend on the network's input through global pools alone."""
        pooled: set[str] = set()
        for node in self.graph.nodes:
            alone = bool(node.inputs) and all(name in pooled for name in node.inputs)
            if alone or node.op.GROUP == "global_pool":
                pooled.add(node.name)
        return pooled

    def _final(self) -> set[str]:
        """Return the layers after which no convolution, linear layer or join with others comes.

        A gate multiplies, so it is a join, and its convolutions need no look of their own.
        """
        used: set[str] = set()
        final: set[str] = set()
        for node in reversed(self.graph.nodes):
            if node.name not in used:
                final.add(node.name)
            if node.name in used or node.op.GROUP in _ENDS or len(node.inputs) > 1:
                used.update(node.inputs)
        return final

    def _early(self, node: Node) -> str | None:
        """Return roles 0 to 3, None where none of them matches."""
        if node.origin.role is not None:
            return node.origin.role
        if node.origin.shortcut:
            return "shortcut"
        if node.name in self._places.gates:
            return "gate"
        return "pointwise" if node.name in self._places.beside else None

    # --- declared roles ------------------------------------------------------------------

    def _check(self, node: Node) -> None:
        reason = self._contradiction(node, node.origin.role or "")
        if reason is None:
            return
        message = f"{node.name} is declared {node.origin.role}, but {reason}"
        self._wrong.append(Diagnostic("CC501", message, node.loc, "leave out role: and it is inferred"))

    def _contradiction(self, node: Node, role: str) -> str | None:
        """Return why a declared role cannot be, None where it can; a reduction gets its site."""
        links = self.links
        if role == "reduce":
            tail = links.tail(node)
            site = self._site(node, tail)
            reason = links.obstacle(node, tail) or links.sharing(site.layers)
            if reason is not None:
                return f"it cannot be removed: {reason}"
            self.sites[node.name] = site
            return _widening(node, links)
        if role == "expand" and not links.widens(node):
            return f"it does not widen: {_widths(node, links)} channels"
        if role == "pool_projection" and not links.follows_pool(node):
            return "it is not the sole reader of a pool of stride 1"
        return None


def _is_depthwise(node: Node, channels: int) -> bool:
    return node.op.GROUP == "conv" and convolution(node.op).groups == channels > 1


def _widening(node: Node, links: Links) -> str | None:
    return f"it widens: {_widths(node, links)} channels" if links.widens(node) else None


def _widths(node: Node, links: Links) -> str:
    return f"{links.shapes[node.inputs[0]][0]} to {node.shape[0]}"
