"""From a graph to its figures: cost, memory, receptive field, and what may work in place."""

from __future__ import annotations

from convcost.engine.cost import analyze
from convcost.engine.inplace import settle
from convcost.engine.reshape import reshape
from convcost.engine.totals import rollup, totals

__all__ = ["analyze", "reshape", "rollup", "settle", "totals"]
