"""The Python API: what the command line does, as three functions.

>>> import convcost
>>> convcost.analyze("resnet@50").totals.cost.macs
4089184256
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.ir import Graph

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcost.comparison import Comparison
    from convcost.report import Report


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
    from convcost.spec import load as read

    shape = input if input is None or isinstance(input, str) else "x".join(map(str, input))
    words = {name: _written(value) for name, value in (sets or {}).items()}
    return read(spec, sets=words, input=shape)


def analyze(network: str | Graph, *, batch: int = 1, dtype: str = "float32", device: str = "cpu") -> Report:
    """Return all figures of a network, exact, at a batch size, dtype and device.

    ``network`` is a graph, or what ``load`` takes. ``dtype`` is one of ``cost.DTYPES``;
    ``device`` ("cpu" or "cuda") says whose memory rules hold.
    """
    from convcost.engine import analyze as run

    graph = network if isinstance(network, Graph) else load(network)
    return run(graph, batch=batch, dtype=dtype, device=device)


def compare(
    *networks: str | Graph | Report, batch: int = 1, dtype: str = "float32", device: str = "cpu"
) -> Comparison:
    """Return networks side by side, the first being the baseline.

    Settings hold for all that are not reports already: to compare one network at two
    batch sizes, pass two reports.
    """
    from convcost.comparison import Comparison
    from convcost.report import Report

    reports = [
        n if isinstance(n, Report) else analyze(n, batch=batch, dtype=dtype, device=device) for n in networks
    ]
    labels = [n if isinstance(n, str) else n.name for n in networks]
    return Comparison(tuple(labels), tuple(reports))


def _written(value: object) -> str:
    """Return a Python value as the spec language writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_written, value)) + "]"
    return str(value)
