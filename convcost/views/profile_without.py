"""With and without reductions, for people: what was promised in macs, what came of it in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.cost import METRICS
from convcost.report import Effect
from convcost.units import human, quotient
from convcost.view import Amount, Column, Heading, Note, Table, View
from convcost.views.cells import MOST, conventions, effect, left_out, title
from convcost.views.profile import machine_notes, milliseconds

if TYPE_CHECKING:
    from convcost.torch_backend.profile_without import Pair, Side, SiteTime
    from convcost.view import Block, Cell


def view(pair: Pair, label: str, *, full: bool = False) -> View:
    """Return everything ``profile --without-reductions`` shows of a network.

    Where there are many sites, those that change macs most are shown; ``full``: all.
    """
    shown = pair.sites
    if not full and len(shown) > MOST:
        shown = tuple(sorted(shown, key=lambda site: site.present.macs - site.without.macs)[:MOST])
    blocks: list[Block] = [Heading(title(pair.present.report, label)), _table(shown)]
    blocks += left_out(len(pair.sites) - len(shown), "reduction", "--full")
    blocks += [Note(f"{layer} stays: {reason}", "dim") for layer, reason in pair.kept]
    blocks += [_totals(pair)]
    blocks += [Note(note, "warn") for note in dict.fromkeys(pair.present.notes + pair.without.notes)]
    blocks += [Note(line, "strong") for line in verdict(pair)]
    blocks += [Note("run in turn: with, without, with, without", "dim")]
    blocks += [Note(note, "dim") for note in machine_notes(pair.present)]
    return View((*blocks, conventions([pair.present.report])), _data(pair, label))


def verdict(pair: Pair) -> list[str]:
    """Say what the reductions do: to the macs in a line, to the time in another.

    Both are ratios of the totals shown; the turns' own ratios are labelled, in one direction.
    """
    macs = [profile.report.totals.cost.macs for profile in (pair.present, pair.without)]
    times = [profile.total().median for profile in (pair.present, pair.without)]
    middle, low, high = (human(ratio, "times").number for ratio in pair.realised())
    return [
        f"macs: {_compared(macs, 'fewer')} with the reductions",
        f"time: {_compared(times, 'less')} with the reductions",
        f"time turn by turn, without / with: median {middle}, quartiles {low} and {high}",
    ]


def _compared(sides: list[int], word: str) -> str:
    """Return ``2.408× fewer``, ``1.035× more`` or ``the same``, of a value with and without."""
    low, high = sorted(sides)
    direction = word if sides[0] == low else "more"
    return f"{quotient(high, low, 'times').number} {direction}" if low != high else "the same"


class Total(NamedTuple):
    """A row of the totals: with and without, what is to be compared."""

    name: str
    values: tuple[Cell, Cell]
    effect: Effect


def _totals(pair: Pair) -> Table[Total]:
    profiles = (pair.present, pair.without)
    rows: list[Total] = []
    for metric in ("macs", "params", "peak_bytes"):
        one = Effect(*(profile.report.totals.metric(metric) for profile in profiles))
        unit = METRICS[metric].unit
        rows.append(Total(metric, (Amount(one.present, unit), Amount(one.without, unit)), one))
    times = Effect(*(profile.total().median for profile in profiles))
    rows.append(Total("time, ms", (milliseconds(times.present), milliseconds(times.without)), times))
    columns: tuple[Column[Total], ...] = (
        Column("", lambda row: row.name, style="name"),
        Column("with", lambda row: row.values[0], right=True, style="strong"),
        Column("without", lambda row: row.values[1], right=True),
        Column("with reductions", lambda row: effect(row.effect), right=True),
    )
    return Table(columns, rows)


def _table(sites: tuple[SiteTime, ...]) -> Table[SiteTime]:
    columns: tuple[Column[SiteTime], ...] = (
        Column("reduction", lambda site: site.layer, style="name"),
        Column("width", lambda site: Amount(site.width), right=True, drop=3),
        Column("macs with", lambda site: Amount(site.present.macs), right=True, drop=2),
        Column("without", lambda site: Amount(site.without.macs), right=True, drop=2),
        Column("macs", lambda site: effect(Effect(site.present.macs, site.without.macs)), right=True),
        Column("ms with", lambda site: _median(site.present), right=True, drop=1),
        Column("without", lambda site: _median(site.without), right=True, drop=1),
        Column("time", _time, right=True),
    )
    return Table(columns, sites)


def _time(site: SiteTime) -> Cell:
    """Return how much less or more time it takes, by the medians beside it."""
    if site.present.time is None or site.without.time is None:
        return None
    return effect(Effect(site.present.time.median, site.without.time.median))


def _median(side: Side) -> Cell:
    return None if side.time is None else milliseconds(side.time.median)


class Line(NamedTuple):
    """A row for programs: a site, or with no name the whole network."""

    layer: str
    width: int | None
    macs: tuple[int, int]
    times: tuple[int | None, int | None]
    predicted: float | None
    realised: float | None


def _data(pair: Pair, label: str) -> Table[Line]:
    """Return one row per site, the whole network last, for programs."""
    profiles = (pair.present, pair.without)
    macs = tuple(profile.report.totals.cost.macs for profile in profiles)
    times = tuple(profile.total().median for profile in profiles)
    whole = Line("", None, (macs[0], macs[1]), (times[0], times[1]), pair.predicted, pair.realised()[0])
    columns: tuple[Column[Line], ...] = (
        Column("network", lambda _: label),
        Column("layer", lambda line: line.layer),
        Column("width", lambda line: _number(line.width)),
        Column("macs_with", lambda line: Amount(line.macs[0])),
        Column("macs_without", lambda line: Amount(line.macs[1])),
        Column("ns_with", lambda line: _number(line.times[0])),
        Column("ns_without", lambda line: _number(line.times[1])),
        Column("predicted", lambda line: _number(line.predicted)),
        Column("realised", lambda line: _number(line.realised)),
    )
    return Table(columns, (*map(_line, pair.sites), whole))


def _line(site: SiteTime) -> Line:
    sides = (site.present, site.without)
    times = tuple(side.time.median if side.time else None for side in sides)
    macs = (site.present.macs, site.without.macs)
    return Line(site.layer, site.width, macs, (times[0], times[1]), site.predicted, site.realised)


def _number(value: float | None) -> Cell:
    return None if value is None else Amount(value)
