"""What one site of a network costs: as it is, without its reduction, at any other width."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from convcost.engine.resettle import resettle
from convcost.engine.run import Run
from convcost.reductions.splice import Splice, Stretch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcost.ir import Node
    from convcost.reductions.sites import Site
    from convcost.report import Figures


class SiteCosts:
    """What a site of a run costs: as it is, without its reduction, at any other width.

    The rest of the network stays as it is. Figures are those of the site's layers together.
    ``present``: the network has the site; otherwise its reduction is yet to be put in.
    ``opened``: the run's tensors open before the site, where they are known already.
    """

    def __init__(
        self, run: Run, site: Site, *, present: bool = True, opened: tuple[str, ...] | None = None
    ) -> None:
        self.run = run
        self.site = site
        self.present = present
        places = [run.index[node.name] for node in (site.layers if present else site.readers)]
        self.lo, self.hi = min(places), max(places)
        self.opened = run.open_before([self.lo])[self.lo] if opened is None else opened
        self.own = tuple(sorted(places))
        self.now = run.sum_of(self.own)

    def without(self) -> Figures:
        """Return the figures without the reduction."""
        if not self.present:
            return self.now
        changes = self.site.without()
        renamed = {} if self.site.expand is None else {self.site.expand.name: self.site.readers[0].name}
        return self._figures(changes, renamed)

    def at(self, width: int) -> Figures:
        """Return the figures with a reduction of this width."""
        site = self.site.resized(width)
        if self.present:
            return self._figures({node.name: node for node in site.layers}, {})
        first = site.readers[0].name
        return self._figures({node.name: node for node in site.readers}, {}, before=(first, site))

    def _figures(
        self,
        changes: Mapping[str, Node | None],
        renamed: Mapping[str, str],
        before: tuple[str, Site] | None = None,
    ) -> Figures:
        nodes: list[Node] = []
        counted = {name for name, node in changes.items() if node is not None}
        for node in self.run.graph.nodes[self.lo : self.hi + 1]:
            new = changes.get(node.name, node)
            if before is not None and node.name == before[0]:
                nodes += [before[1].reduce, *before[1].between]
                counted.update(each.name for each in nodes[-1 - len(before[1].between) :])
            if new is not None:
                nodes.append(new)
        stretch = Stretch(self.lo, self.hi, nodes, renamed, frozenset(counted))
        splice = Splice(self.run, stretch, self.opened)
        if not splice.fits():
            return self._walked(stretch)
        figures = splice.figures()
        return figures._replace(saved_bytes=self.now.saved_bytes + figures.saved_bytes)

    def _walked(self, stretch: Stretch) -> Figures:
        """Return the figures where more than the stretch changes: all is walked."""
        old = self.run
        graph = old.graph
        later = [_reading(node, stretch.renamed) for node in graph.nodes[stretch.hi + 1 :]]
        outputs = tuple([stretch.renamed.get(name, name) for name in graph.outputs])
        nodes = (*graph.nodes[: stretch.lo], *stretch.nodes, *later)
        changed = resettle(replace(graph, nodes=nodes, outputs=outputs)).graph
        run = Run(changed, old.batch, old.dtype, old.device)
        figures = run.figures(stretch.counted)
        change = sum(run.saved) - sum(old.saved)
        return figures._replace(saved_bytes=self.now.saved_bytes + change)


def _reading(node: Node, renamed: Mapping[str, str]) -> Node:
    """Return a node that reads tensors by their new names."""
    inputs = tuple([renamed.get(name, name) for name in node.inputs])
    like = tuple([renamed.get(name, name) for name in node.like])
    return node if (inputs, like) == (node.inputs, node.like) else replace(node, inputs=inputs, like=like)
