"""How cells are filled: metrics, effects, receptive fields; and the lines all views share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.cost import METRICS, SUMMABLE
from convcost.units import full, human, quotient, sizes
from convcost.view import Amount, Column, Note, Sizes, Table, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from convcost.report import Effect, LayerCost, Report, Totals
    from convcost.view import Block, Cell

SORTABLE: tuple[str, ...] = (*SUMMABLE, "intensity")
"""The metrics by which layers can be ranked."""

MOST = 12
"""Rows a table has where nobody asked for all of it."""

_MEANING = {"less": "good", "same": "dim", "more": "bad"}


def per_dim(values: Iterable[Any]) -> str:
    """Return one value per dim, or a single one where all are alike: ``7``, ``7×1``."""
    every = list(values)
    return sizes(every[:1] if len(set(every)) == 1 else every)


def field_size(layer: LayerCost) -> Cell:
    """Return how many input pixels one output position sees: a number where all dims agree."""
    found = [field.size for field in layer.field]
    if any(field.least != field.size for field in layer.field):
        return per_dim(field_sizes(layer))
    return Amount(found[0], "pixels") if len(set(found)) == 1 else Sizes(tuple(found))


def field_sizes(layer: LayerCost) -> list[str]:
    """Return per dim how many input pixels an output position sees, least and most: ``188–204``."""
    return [str(f.size) if f.least == f.size else f"{f.least}–{f.size}" for f in layer.field]


def value_of(figures: LayerCost | Totals, metric: str) -> int | float:
    """Return any metric that layers and totals share."""
    return figures.intensity if metric == "intensity" else figures.metric(metric)


def amount(figures: LayerCost | Totals, metric: str) -> Amount:
    """Return a metric as a cell."""
    return Amount(value_of(figures, metric), METRICS[metric].unit)


def whole(value: int, unit: str) -> Cell:
    """Return an integer unrounded, or '' where rounding for people lost nothing."""
    shown = human(value, unit)
    return "" if shown.number.replace(",", "") == str(value) else Amount(value, unit, whole=True)


def effect(found: Effect | None) -> Cell:
    """Return ``6.337× less``, ``1.414× more`` or ``same``, coloured by what it means; '' for None."""
    if found is None:
        return ""
    low, high = sorted(found)
    times = f"{quotient(high, low, 'times')} " if low and low != high else ""
    return Word(times + found.word, _MEANING[found.word])


def verdict(word: str) -> Word:
    """Return 'less', 'same' or 'more', coloured by what it means."""
    return Word(word, _MEANING[word])


def pairs(rows: Sequence[tuple[str, str]]) -> Table[tuple[str, str]]:
    """Return a table of names and what is said of them, without titles."""
    columns: tuple[Column[tuple[str, str]], ...] = (
        Column("", lambda row: row[0], key="name", style="name"),
        Column("", lambda row: row[1], key="text", wrap=True),
    )
    return Table(columns, rows, header=False)


def many(count: int, what: str) -> str:
    """Return ``1 layer``, ``1,024 layers``."""
    return f"{full(count)} {what}" + ("" if count == 1 else "s")


def left_out(count: int, what: str, more: str) -> list[Block]:
    """Return the line below a table that was cut: how many rows it lacks, and what shows them."""
    return [Note(f"{many(count, f'more {what}')}; {more} shows all", "dim")] if count > 0 else []


def title(report: Report, label: str) -> str:
    """Return the line a network is introduced with."""
    shape = " and ".join(map(sizes, report.inputs.values()))
    return f"{label} · {shape} · batch {report.batch} · {report.dtype} · {many(len(report.layers), 'layer')}"


def conventions(reports: Iterable[Report]) -> Note:
    """Return the line every table ends with."""
    settings = {
        f"batch {r.batch}, {r.dtype}" + ("" if r.device == "cpu" else f", {r.device}") for r in reports
    }
    return Note("1 MAC = 2 FLOPs; " + " / ".join(sorted(settings)), "dim")
