"""A verification for people: estimate beside measurement, and where they part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.cost import METRICS
from convcost.view import Amount, Column, Heading, Note, Table, View
from convcost.views.cells import conventions, times, title

if TYPE_CHECKING:
    from convcost.torch_backend.verify import Check, LayerChecks, Verification
    from convcost.view import Block, Cell

MOST_DIFFERENCES = 20
"""Differing figures listed; the rest is counted."""

MODES = {
    "fake": "torch {torch} followed op by op on fake tensors: nothing was computed",
    "real": "torch {torch} run for real on {device}",
}


def view(verification: Verification, label: str, *, layers: bool = False) -> View:
    """Return everything ``verify`` shows of a network; ``layers``: every figure of every layer."""
    report = verification.report
    version = verification.torch.partition("+")[0]  # "2.13.0+cpu" says how torch was packed
    mode = MODES[verification.mode].format(torch=version, device=report.device)
    blocks: list[Block] = [Heading(title(report, label)), _totals(verification)]
    blocks += [Note(why, "dim") for why in _reasons(verification)]
    blocks += _differences(verification)
    if layers:
        blocks.append(_every(verification))
    return View((*blocks, Note(mode, "dim"), conventions([report])), _data(verification, label))


def _totals(verification: Verification) -> Table:
    rows: list[tuple[Cell, ...]] = [_outputs(verification)]
    rows += [
        (c.metric, _cell(c), _measured(c), _verdict(c, verification), _agreeing(c.metric, verification))
        for c in verification.totals
    ]
    columns = (
        Column("", style="name"),
        Column("estimate", right=True),
        Column("measured", right=True),
        Column("", style="strong", wrap=True),
        Column("layer by layer", drop=1),
    )
    return Table(columns, tuple(rows))


def _outputs(verification: Verification) -> tuple[Cell, ...]:
    alike = sum(1 for layer in verification.layers if layer.checks[0].exact)
    many = len(verification.layers)
    verdict = "exact" if alike == many else f"{many - alike} differ"
    return ("output shapes", Amount(many), Amount(many), verdict, f"{alike} of {many}")


def _agreeing(metric: str, verification: Verification) -> str:
    """Say in how many layers the figure agrees; '' where it is none of single layers."""
    found = [c for layer in verification.layers for c in layer.checks if c.metric == metric]
    if not found or found[0].measured is None:
        return ""
    return f"{sum(1 for c in found if c.exact)} of {len(found)}"


def _verdict(check: Check, verification: Verification) -> str:
    if check.exact is None:
        return "not measurable"
    if check.exact:
        return "exact"
    first = _first(check.metric, verification)
    return f"{_apart(check)}, first in {first}" if first else _apart(check)


def _first(metric: str, verification: Verification) -> str | None:
    names = (x.name for x in verification.layers if any(c.metric == metric for c in x.differing))
    return next(names, None)


def _apart(check: Check) -> str:
    if isinstance(check.measured, int) and isinstance(check.estimate, int):
        return f"{check.measured - check.estimate:+,} measured"
    return "another shape"


def _reasons(verification: Verification) -> list[str]:
    """Say once what was not measurable for one reason."""
    reasons: dict[str, list[str]] = {}
    for check in verification.totals:
        if check.why:
            reasons.setdefault(check.why, []).append(check.metric)
    return [f"{', '.join(metrics)} not measurable: {why}" for why, metrics in reasons.items()]


def _differences(verification: Verification) -> list[Block]:
    """List the figures of single layers that differ, each with what it comes from."""
    found = [(layer, check) for layer in verification.layers for check in layer.differing]
    if not found:
        return []
    rows: list[tuple[Cell, ...]] = [
        (layer.name, check.metric, _cell(check), _measured(check), _cause(layer, check, verification))
        for layer, check in found[:MOST_DIFFERENCES]
    ]
    columns = (
        Column("layer", style="name"),
        Column("figure"),
        Column("estimate", right=True),
        Column("measured", right=True),
        Column("cause", wrap=True),
    )
    rest = len(found) - len(rows)
    more = [Note(f"{rest} more figures differ", "dim")] if rest else []
    return [Heading("Where they part"), Table(columns, tuple(rows)), *more]


def _cause(layer: LayerChecks, check: Check, verification: Verification) -> str:
    """Say whose rule it is, or which earlier layer's, as far as the figures tell."""
    other = _upstream(layer, check, verification)
    if other:
        return f"{_apart(check)}: carried on from {other}"
    where = f"{verification.report.dtype} on {verification.report.device}"
    return f"{_apart(check)}: the rule of {layer.op} does not hold in torch {verification.torch} for {where}"


def _upstream(layer: LayerChecks, check: Check, verification: Verification) -> str | None:
    """Return the layer before whose new tensor is alive here as well, for figures that carry on."""
    if check.metric != "peak_bytes":
        return None
    for earlier in verification.layers:
        if earlier is layer:
            return None
        if any(c.metric in ("activation_bytes", "output") for c in earlier.differing):
            return earlier.name
    return None


def _every(verification: Verification) -> Table:
    names = [check.metric for check in verification.layers[0].checks] if verification.layers else []
    rows: list[tuple[Cell, ...]] = []
    for layer in verification.layers:
        differing = ", ".join(check.metric for check in layer.differing)
        rows.append((layer.name, layer.op, *map(_cell, layer.checks), differing or "exact"))
    drops = {"activation_bytes": 2, "peak_bytes": 3, "saved_bytes": 1, "params": 4, "output": 5}
    columns = (
        Column("layer", style="name"),
        Column("op", drop=6),
        *(Column(name, right=True, drop=drops.get(name, 0)) for name in names),
        Column("", style="strong"),
    )
    return Table(columns, tuple(rows))


def _cell(check: Check) -> Cell:
    return _figure(check.metric, check.estimate)


def _measured(check: Check) -> Cell:
    return None if check.measured is None else _figure(check.metric, check.measured)


def _figure(metric: str, value: int | tuple[int, ...]) -> Cell:
    if isinstance(value, tuple):
        return times(value)
    return Amount(value, METRICS[metric].unit, whole=True)


def _data(verification: Verification, label: str) -> Table:
    """Return one row per figure, totals first, for programs."""
    titles = ("network", "layer", "figure", "estimate", "measured", "exact", "not_measurable")
    totals = [("", check) for check in verification.totals]
    layers = [(layer.name, check) for layer in verification.layers for check in layer.checks]
    rows = [(label, name, *_row(check)) for name, check in (*totals, *layers)]
    return Table(tuple(Column(name) for name in titles), tuple(rows))


def _row(check: Check) -> tuple[Cell, ...]:
    exact = "" if check.exact is None else str(check.exact).lower()
    return (check.metric, _plain(check.estimate), _plain(check.measured), exact, check.why or "")


def _plain(value: int | tuple[int, ...] | None) -> Cell:
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    return None if value is None else Amount(value)
