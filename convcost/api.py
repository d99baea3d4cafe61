"""The Python API: what the command line does, as functions.

>>> import convcost
>>> convcost.analyze("resnet@50").totals.macs
4089184256
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from convcost import comparison, report
from convcost.ir import Graph
from convcost.networks import graph_of, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from convcost.networks import Spec
    from convcost.reductions.breakeven import BreakEven
    from convcost.reductions.insertion import Reduced
    from convcost.reductions.removal import Without
    from convcost.report import Reductions
    from convcost.transforms.convolutionalize import FullyConvolutional


class Report(report.Report):
    """All figures of a network; as text, the table that ``convcost analyze`` shows."""

    __slots__ = ()

    def __str__(self) -> str:
        from convcost.render.terminal import render
        from convcost.views.analyze import view

        return render(view(self, self.label)).rstrip("\n")


class Comparison(comparison.Comparison):
    """Networks side by side; as text, the table that ``convcost compare`` shows."""

    __slots__ = ()

    def __str__(self) -> str:
        from convcost.render.terminal import render
        from convcost.views.compare import view

        return render(view(self)).rstrip("\n")


def analyze(
    network: Spec | Graph,
    *,
    batch: int = 1,
    dtype: str = "float32",
    device: str = "cpu",
    also: Sequence[str] = (),
) -> Report:
    """Return all figures of a network, exact, at a batch size, dtype and device.

    ``network`` is a graph, or what ``load`` takes. ``dtype`` is one of ``cost.DTYPES``;
    ``device`` ("cpu" or "cuda") says whose memory rules hold. ``reductions`` of the report
    say what its 1×1 reductions buy; ``also=("pool_projection",)`` counts pool projections to
    what goes.
    """
    from convcost.engine.cost import report as measured
    from convcost.engine.run import Run
    from convcost.reductions.roles import Roles
    from convcost.reductions.savings import reductions

    run = Run.settled(network if isinstance(network, Graph) else read(network), batch, dtype, device)
    roles = Roles(run.graph)
    return _printed(measured(run, roles.by_name), reductions(run, roles, tuple(also)))


def figures(graph: Graph, batch: int = 1, dtype: str = "float32", device: str = "cpu") -> Report:
    """Return what ``analyze`` does without ``reductions``: quicker, for many networks."""
    from convcost.engine.cost import report as measured
    from convcost.engine.run import Run
    from convcost.reductions.roles import roles

    run = Run.settled(graph, batch, dtype, device)
    return _printed(measured(run, roles(run.graph)), None)


def _printed(found: report.Report, bought: Reductions | None) -> Report:
    """Return a report that shows itself, with what reductions buy."""
    values = {field.name: getattr(found, field.name) for field in fields(found)}
    return Report(**values | {"reductions": bought})


def without_reductions(
    network: Spec | Graph, only: str | Sequence[str] | None = None, also: Sequence[str] = ()
) -> Without:
    """Return a network without its 1×1 reductions; see ``reductions.removal``."""
    from convcost.reductions.removal import without_reductions as transform

    return transform(graph_of(network), only, also)


def insert_reductions(  # noqa: PLR0913  (one parameter per option)
    network: Spec | Graph,
    ratio: int | Fraction | None = None,
    *,
    width: int | None = None,
    only: str | None = None,
    multiple_of: int = 1,
    sandwich: bool = False,
) -> Reduced:
    """Return a network with 1×1 reductions put in; see ``reductions.insertion``."""
    from convcost.reductions.insertion import insert_reductions as transform

    graph = graph_of(network)
    return transform(graph, ratio, width=width, only=only, multiple_of=multiple_of, sandwich=sandwich)


def convolutionalize(network: Spec | Graph, input: Sequence[int] | None = None) -> FullyConvolutional:  # noqa: A002  (see load)
    """Return a network whose linear layers are convolutions; see ``transforms.convolutionalize``."""
    from convcost.transforms.convolutionalize import convolutionalize as transform

    return transform(graph_of(network), input)


def breakeven(
    network: Spec | Graph, only: str | Sequence[str] | None = None, *, batch: int = 1, dtype: str = "float32"
) -> tuple[BreakEven, ...]:
    """Return where 1×1 reductions stop paying; see ``reductions.breakeven``."""
    from convcost.reductions.breakeven import breakeven as search

    return search(graph_of(network), only, batch, dtype)


def roles(network: Spec | Graph) -> dict[str, str]:
    """Return the role of every 1×1 convolution by layer name; see ``reductions.roles``."""
    from convcost.reductions.roles import roles as find

    return find(graph_of(network))


def compare(
    *networks: Spec | Graph | report.Report, batch: int = 1, dtype: str = "float32", device: str = "cpu"
) -> Comparison:
    """Return networks side by side, the first being the baseline.

    Settings hold for all that are not reports already: to compare one network at two
    batch sizes, pass two reports.
    """
    reports = [
        n if isinstance(n, report.Report) else figures(graph_of(n), batch, dtype, device) for n in networks
    ]
    labels = [n if isinstance(n, str) else r.name for n, r in zip(networks, reports, strict=True)]
    return Comparison(tuple(labels), tuple(reports))


def to_dict(found: report.Report | comparison.Comparison) -> dict[str, Any]:
    """Return a report or a comparison as plain data.

    A report is the entry of the JSON output's ``networks``, a comparison the whole document.
    """
    from convcost.to_json.comparison import comparison as document
    from convcost.to_json.report import network

    return network(found) if isinstance(found, report.Report) else document(found)
