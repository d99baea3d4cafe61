"""With and without reductions, for people: what was promised in macs, what came of it in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.units import human
from convcost.view import Amount, Column, Heading, Note, Table, View
from convcost.views.cells import conventions, title
from convcost.views.profile import machine_notes, milliseconds

if TYPE_CHECKING:
    from convcost.torch_backend.profile_without import Pair, Side, SiteTime
    from convcost.view import Block, Cell


def view(pair: Pair, label: str) -> View:
    """Return everything ``profile --without-reductions`` shows of a network."""
    blocks: list[Block] = [
        Heading(title(pair.present.report, label)),
        Note(verdict(pair)),
        _totals(pair),
        Heading("Site by site"),
        _table(pair),
    ]
    blocks += [Note(f"{layer} stays: {reason}", "dim") for layer, reason in pair.kept]
    blocks += [Note(note, "warn") for note in dict.fromkeys(pair.present.notes + pair.without.notes)]
    blocks += [Note("run in turn: with, without, with, without", "dim")]
    blocks += [Note(note, "dim") for note in machine_notes(pair.present)]
    return View((*blocks, conventions([pair.present.report])), _data(pair, label))


def verdict(pair: Pair) -> str:
    """Say it in a sentence: how many fewer macs, how much less time."""
    middle, low, high = pair.realised()
    return (
        f"{_times(pair.predicted)} {_fewer(pair.predicted)} macs, {_times(middle)} {_less(middle)} time "
        f"(quartiles {_times(low)} and {_times(high)}) with the reductions than without"
    )


def _times(ratio: float) -> str:
    return human(ratio if ratio >= 1 else 1 / ratio, "times").number


def _fewer(ratio: float) -> str:
    return "fewer" if ratio >= 1 else "more"


def _less(ratio: float) -> str:
    return "less" if ratio >= 1 else "more"


def _totals(pair: Pair) -> Table:
    with_, without = pair.present, pair.without
    rows: list[tuple[Cell, ...]] = []
    for metric, unit in (("macs", "count"), ("params", "count"), ("peak_bytes", "bytes")):
        values = [profile.report.totals.metric(metric) for profile in (with_, without)]
        rows.append((metric, *(Amount(v, unit) for v in values), _ratio(values[1] / values[0])))
    times = [profile.total().median for profile in (with_, without)]
    rows.append(("time, ms", *map(milliseconds, times), _ratio(pair.realised()[0])))
    columns = (
        Column("", style="name"),
        Column("with", right=True, style="strong"),
        Column("without", right=True),
        Column("saving", right=True),
    )
    return Table(columns, tuple(rows))


def _table(pair: Pair) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            site.layer,
            Amount(site.width),
            Amount(site.present.macs),
            Amount(site.without.macs),
            _ratio(site.predicted),
            _median(site.present),
            _median(site.without),
            _ratio(site.realised),
        )
        for site in pair.sites
    ]
    columns = (
        Column("reduction", style="name"),
        Column("width", right=True, drop=3),
        Column("macs with", right=True, drop=2),
        Column("without", right=True, drop=2),
        Column("fewer macs", right=True, style="strong"),
        Column("ms with", right=True, drop=1),
        Column("without", right=True, drop=1),
        Column("less time", right=True, style="strong"),
    )
    return Table(columns, tuple(rows))


def _median(side: Side) -> Cell:
    return None if side.time is None else milliseconds(side.time.median)


def _ratio(value: float | None) -> Cell:
    return None if value is None else Amount(value, "times")


def _data(pair: Pair, label: str) -> Table:
    """Return one row per site, the whole network last, for programs."""
    titles = (
        "network",
        "layer",
        "width",
        "macs_with",
        "macs_without",
        "ns_with",
        "ns_without",
        "predicted",
        "realised",
    )
    rows = [(label, *_row(site)) for site in pair.sites]
    macs = [Amount(p.report.totals.metric("macs")) for p in (pair.present, pair.without)]
    times = [Amount(p.total().median) for p in (pair.present, pair.without)]
    ratios = (_ratio(pair.predicted), _ratio(pair.realised()[0]))
    rows.append((label, "", None, *macs, *times, *ratios))
    return Table(tuple(Column(name) for name in titles), tuple(rows))


def _row(site: SiteTime) -> tuple[Cell, ...]:
    times = [Amount(s.time.median) if s.time else None for s in (site.present, site.without)]
    macs = (Amount(site.present.macs), Amount(site.without.macs))
    return (site.layer, Amount(site.width), *macs, *times, _ratio(site.predicted), _ratio(site.realised))
