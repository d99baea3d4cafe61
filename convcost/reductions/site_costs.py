"""What one site of a network costs: as it is, without its reduction, at any other width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.engine.inplace import resettle
from convcost.engine.run import Run
from convcost.reductions.splice import Splice, Stretch
from convcost.rewire import rewire, rewired

if TYPE_CHECKING:
    from convcost.reductions.sites import Site
    from convcost.report import Figures
    from convcost.rewire import Edit


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

    @property
    def wide(self) -> int:
        """The channels the reduction reads."""
        return self.run.graph.shapes[self.site.reduce.inputs[0]][0]

    @property
    def names(self) -> tuple[str, ...]:
        """The layers of the network by which a site is asked for: its reduction, its readers."""
        first = (self.site.reduce,) if self.present else ()
        return tuple([node.name for node in (*first, *self.site.readers)])

    def without(self) -> Figures:
        """Return the figures without the reduction."""
        return self._figures(self.site.removal()) if self.present else self.now

    def at(self, width: int) -> Figures:
        """Return the figures with a reduction of this width."""
        site = self.site.resized(width)
        return self._figures(site.replacement() if self.present else site.insertion())

    def _figures(self, edit: Edit) -> Figures:
        """Return the figures of the layers an edit puts in, with what it changes in saved bytes."""
        counted = frozenset(node.name for nodes in edit.places.values() for node in nodes)
        nodes = rewired(self.run.graph.nodes[self.lo : self.hi + 1], edit)
        splice = Splice(self.run, Stretch(self.lo, self.hi, nodes, edit.renamed, counted), self.opened)
        if splice.fits():
            figures = splice.figures()
            return figures._replace(saved_bytes=self.now.saved_bytes + figures.saved_bytes)
        return self._walked(edit, counted)

    def _walked(self, edit: Edit, counted: frozenset[str]) -> Figures:
        """Return the figures where more than the stretch changes: all is walked."""
        old = self.run
        run = Run(resettle(rewire(old.graph, edit)).graph, old.batch, old.dtype, old.device)
        change = sum(run.saved) - sum(old.saved)
        return run.figures(counted)._replace(saved_bytes=self.now.saved_bytes + change)
