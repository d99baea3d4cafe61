"""A verification for people: estimate beside measurement, and where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.cost import METRICS
from convcost.view import Amount, Column, Heading, Note, Sizes, Table, View, Word
from convcost.views.cells import conventions, left_out, many, title

if TYPE_CHECKING:
    from collections.abc import Callable

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
    blocks: list[Block] = [Heading(title(report, label))]
    if layers:
        blocks.append(_every(verification))
    blocks += [*_differences(verification), _totals(verification)]
    blocks += [Note(why, "dim") for why in _reasons(verification)]
    return View(
        (*blocks, _answer(verification), Note(mode, "dim"), conventions([report])), _data(verification, label)
    )


def _answer(verification: Verification) -> Note:
    """Return what came of it, in one line."""
    measured = [check for check in verification.checks if check.exact is not None]
    differ = sum(check.exact is False for check in measured)
    if differ:
        return Note(f"{differ} of {many(len(measured), 'figure')} differ", "bad")
    return Note(f"all {many(len(measured), 'figure')} exact", "good")


def _totals(verification: Verification) -> Table[Check | None]:
    """Return a row per total; None stands for the shapes of all outputs."""
    count = Amount(len(verification.layers))
    columns: tuple[Column[Check | None], ...] = (
        Column("", lambda c: c.metric if c else "output shapes", style="name"),
        Column("estimate", lambda c: _figure(c.metric, c.estimate) if c else count, right=True),
        Column("measured", lambda c: _figure(c.metric, c.measured) if c else count, right=True),
        Column("", lambda c: _verdict(c, verification) if c else _shapes(verification), wrap=True),
        Column("layer by layer", lambda c: _agreeing(c.metric if c else "output", verification), drop=1),
    )
    return Table(columns, (None, *verification.totals))


def _shapes(verification: Verification) -> Word:
    differ = sum(not layer.checks[0].exact for layer in verification.layers)
    return Word(f"{differ} differ", "bad") if differ else Word("exact", "good")


def _agreeing(metric: str, verification: Verification) -> str:
    """Say in how many layers the figure agrees; '' where single layers have none."""
    found = [c for layer in verification.layers for c in layer.checks if c.metric == metric]
    if not found or found[0].measured is None:
        return ""
    return f"{sum(1 for c in found if c.exact)} of {len(found)}"


def _verdict(check: Check, verification: Verification) -> Word:
    if check.exact is None:
        return Word("not measurable", "dim")
    if check.exact:
        return Word("exact", "good")
    first = verification.first(check.metric)
    return Word(f"{_apart(check)}, first in {first}" if first else _apart(check), "bad")


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
    columns: tuple[Column[tuple[LayerChecks, Check]], ...] = (
        Column("layer", lambda row: row[0].name, style="name"),
        Column("figure", lambda row: row[1].metric),
        Column("estimate", lambda row: _figure(row[1].metric, row[1].estimate), right=True),
        Column("measured", lambda row: _figure(row[1].metric, row[1].measured), right=True),
        Column("cause", lambda row: _cause(*row, verification), wrap=True),
    )
    table = Table(columns, found[:MOST_DIFFERENCES])
    more = left_out(len(found) - MOST_DIFFERENCES, "figure", "--layers")
    return [Heading("Differences"), table, *more] if found else []


def _cause(layer: LayerChecks, check: Check, verification: Verification) -> str:
    """Say whose rule it is, or which earlier layer's, as far as the figures tell."""
    other = verification.upstream(layer, check)
    if other:
        return f"{_apart(check)}: carried over from {other}"
    where = f"{verification.report.dtype} on {verification.report.device}"
    return f"{_apart(check)}: the rule of {layer.op} does not hold in torch {verification.torch} for {where}"


def _every(verification: Verification) -> Table[LayerChecks]:
    names = [check.metric for check in verification.layers[0].checks] if verification.layers else []
    drops = {"activation_bytes": 2, "peak_bytes": 3, "saved_bytes": 1, "params": 4, "output": 5}
    columns: tuple[Column[LayerChecks], ...] = (
        Column("layer", lambda layer: layer.name, style="name"),
        Column("op", lambda layer: layer.op, drop=6),
        *(Column(n, _estimate(i), right=True, drop=drops.get(n, 0)) for i, n in enumerate(names)),
        Column("", _differing),
    )
    return Table(columns, verification.layers)


def _estimate(place: int) -> Callable[[LayerChecks], Cell]:
    return lambda layer: _figure(layer.checks[place].metric, layer.checks[place].estimate)


def _differing(layer: LayerChecks) -> Word:
    names = ", ".join(check.metric for check in layer.differing)
    return Word(f"{names} differ", "bad") if names else Word("exact", "good")


def _figure(metric: str, value: int | tuple[int, ...] | None) -> Cell:
    if isinstance(value, tuple):
        return Sizes(value)
    return None if value is None else Amount(value, METRICS[metric].unit, whole=True)


def _data(verification: Verification, label: str) -> Table[Any]:
    """Return one row per figure, totals first, for programs."""
    totals = [("", check) for check in verification.totals]
    layers = [(layer.name, check) for layer in verification.layers for check in layer.checks]
    columns: tuple[Column[tuple[str, Check]], ...] = (
        Column("network", lambda _: label),
        Column("layer", lambda row: row[0]),
        Column("figure", lambda row: row[1].metric),
        Column("estimate", lambda row: _figure(row[1].metric, row[1].estimate)),
        Column("measured", lambda row: _figure(row[1].metric, row[1].measured)),
        Column("exact", lambda row: row[1].exact),
        Column("not_measurable", lambda row: row[1].why or ""),
    )
    return Table(columns, (*totals, *layers))
