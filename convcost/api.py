"""The Python API: what the command line does, as functions.

>>> import convcost
>>> convcost.analyze("resnet@50").totals.cost.macs
4089184256
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.ir import Graph

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from convcost.comparison import Comparison
    from convcost.reductions.breakeven import BreakEven
    from convcost.reductions.reduce import Reduced
    from convcost.reductions.without import Without
    from convcost.report import Report
    from convcost.transforms.convolutionalize import FullyConvolutional


def load(
    spec: str,
    *,
    sets: Mapping[str, object] | None = None,
    input: str | Sequence[int] | None = None,  # noqa: A002  (the word of the spec language)
) -> Graph:
    """Read a spec and return its graph.

    ``spec`` is what the command line takes: a path, or the name of a spec that ships, with
    ``@variant,var=value`` behind it. ``sets`` overrides vars; ``input`` is a shape per
    sample, ``(3, 160, 160)`` or ``"3x160x160"``. Raises ConvcostError, whose
    ``diagnostics`` say everything that is wrong with it.
    """
    from convcost.engine import settle
    from convcost.spec import load as read

    shape = input if input is None or isinstance(input, str) else "x".join(map(str, input))
    words = {name: _written(value) for name, value in (sets or {}).items()}
    return settle(read(spec, sets=words, input=shape))


def analyze(
    network: str | Graph,
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
    from dataclasses import replace

    from convcost.engine.cost import report
    from convcost.engine.run import Run
    from convcost.reductions.roles import Roles
    from convcost.reductions.savings import reductions

    run = Run.settled(network if isinstance(network, Graph) else _read(network), batch, dtype, device)
    roles = Roles(run.graph)
    return replace(report(run, roles.by_name), reductions=reductions(run, roles, tuple(also)))


def figures(graph: Graph, batch: int = 1, dtype: str = "float32", device: str = "cpu") -> Report:
    """Return what ``analyze`` does without ``reductions``: quicker, for many networks."""
    from convcost.engine.cost import report
    from convcost.engine.run import Run
    from convcost.reductions.roles import roles

    run = Run.settled(graph, batch, dtype, device)
    return report(run, roles(run.graph))


def without_reductions(
    network: str | Graph, only: str | Sequence[str] | None = None, also: Sequence[str] = ()
) -> Without:
    """Return a network without its 1×1 reductions; see ``reductions.without``."""
    from convcost.reductions.without import without_reductions as transform

    return transform(_graph(network), only, also)


def insert_reductions(  # noqa: PLR0913  (one parameter per option)
    network: str | Graph,
    ratio: int | Fraction | None = None,
    *,
    width: int | None = None,
    only: str | None = None,
    multiple_of: int = 1,
    sandwich: bool = False,
) -> Reduced:
    """Return a network with 1×1 reductions put in; see ``reductions.reduce``."""
    from convcost.reductions.reduce import insert_reductions as transform

    graph = _graph(network)
    return transform(graph, ratio, width=width, only=only, multiple_of=multiple_of, sandwich=sandwich)


def convolutionalize(network: str | Graph, input: Sequence[int] | None = None) -> FullyConvolutional:  # noqa: A002  (see load)
    """Return a network whose linear layers are convolutions; see ``transforms.convolutionalize``."""
    from convcost.transforms.convolutionalize import convolutionalize as transform

    return transform(_graph(network), input)


def breakeven(
    network: str | Graph, only: str | Sequence[str] | None = None, *, batch: int = 1, dtype: str = "float32"
) -> tuple[BreakEven, ...]:
    """Return where 1×1 reductions stop paying; see ``reductions.breakeven``."""
    from convcost.reductions.breakeven import breakeven as search

    return search(_graph(network), only, batch, dtype)


def roles(network: str | Graph) -> dict[str, str]:
    """Return the role of every 1×1 convolution by layer name; see ``reductions.roles``."""
    from convcost.reductions.roles import roles as find

    return find(_graph(network))


def compare(
    *networks: str | Graph | Report, batch: int = 1, dtype: str = "float32", device: str = "cpu"
) -> Comparison:
    """Return networks side by side, the first being the baseline.

    Settings hold for all that are not reports already: to compare one network at two
    batch sizes, pass two reports.
    """
    from convcost.comparison import Comparison
    from convcost.report import Report

    reports = [n if isinstance(n, Report) else figures(_graph(n), batch, dtype, device) for n in networks]
    labels = [n if isinstance(n, str) else n.name for n in networks]
    return Comparison(tuple(labels), tuple(reports))


def to_dict(found: Report | Comparison) -> dict[str, Any]:
    """Return a report or a comparison as plain data.

    A report is the entry of the JSON output's ``networks``, a comparison the whole document.
    """
    from convcost.report import Report
    from convcost.to_json.comparison import comparison
    from convcost.to_json.report import network

    return network(found) if isinstance(found, Report) else comparison(found)


def _graph(network: str | Graph) -> Graph:
    return network if isinstance(network, Graph) else load(network)


def _read(spec: str) -> Graph:
    """Return a spec's graph; what may work in place is decided by who walks it."""
    from convcost.spec import load as read

    return read(spec)


def _written(value: object) -> str:
    """Return a Python value as the spec language writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_written, value)) + "]"
    return str(value)
