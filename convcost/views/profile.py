"""A profile for people: time beside macs, layer by layer, and what was measured on what."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from convcost.cost import METRICS
from convcost.units import human
from convcost.view import Amount, Bar, Column, Heading, Note, Quotient, Table, View
from convcost.views.cells import MOST, conventions, many, title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.report import LayerCost
    from convcost.torch_backend.machine import Machine
    from convcost.torch_backend.profile import Profile
    from convcost.torch_backend.profile_clock import Spread
    from convcost.view import Block, Cell

PER_SECOND = 10**9
"""Nanoseconds in a second."""

_COUNTED = ("macs", "flops", "traffic_bytes")


class Line(NamedTuple):
    """A row: a layer, or the layers that share a prefix, and the time they took."""

    name: str
    layers: tuple[LayerCost, ...]
    time: Spread

    def metric(self, name: str) -> int:
        """Return a metric of all its layers together."""
        return sum(layer.metric(name) for layer in self.layers)


def view(profile: Profile, label: str, depth: int | None = 1, *, full: bool = False) -> View:
    """Return everything ``profile`` shows of a network, grouped at ``depth`` levels (None: every layer).

    Where there are many stages, the slowest are shown; ``full``: all.
    """
    lines = grouped(profile, depth)
    shown = lines
    if depth is not None and not full and len(lines) > MOST:
        shown = sorted(lines, key=lambda line: -line.time.median)[:MOST]
    blocks: list[Block] = [Heading(title(profile.report, label))]
    if profile.passes:
        blocks += [_table(profile, lines, shown, "layer" if depth is None else "stage")]
        blocks += _left_out(lines, shown)
    blocks.append(totals(profile))
    blocks += [Note(note, "warn") for note in profile.notes]
    blocks += [Note(note, "dim") for note in machine_notes(profile)]
    return View((*blocks, conventions([profile.report])), _data(profile, label, lines))


def _left_out(lines: Sequence[Line], shown: Sequence[Line]) -> list[Block]:
    rest = len(lines) - len(shown)
    return [Note(f"{many(rest, 'faster stage')} not shown; --full shows all", "dim")] if rest else []


def grouped(profile: Profile, depth: int | None) -> list[Line]:
    """Return the layers in rows, in order."""
    rows: dict[str, list[LayerCost]] = {}
    for layer in profile.report.layers:
        name = layer.name if depth is None else ".".join(layer.name.split(".")[:depth])
        rows.setdefault(name, []).append(layer)
    if not profile.passes:
        return []
    return [Line(name, tuple(those), profile.of(x.name for x in those)) for name, those in rows.items()]


def milliseconds(nanoseconds: int) -> Amount:
    """Return a time as a cell, in milliseconds."""
    return Amount(Fraction(nanoseconds, 1_000_000), "ratio")


class Total(NamedTuple):
    """A row of the totals: its value, the quartiles of a time, and what is to be said of it."""

    name: str
    value: Cell
    remark: str = ""
    spread: Spread | None = None


def totals(profile: Profile) -> Table[Total]:
    """Return the network's own time, its layers' together, its rates and its peak."""
    time, figures = profile.total(), profile.report.totals
    rows = [Total("time", _said(time.median), _per_sample(profile, time), time)]
    together = profile.layers_together()
    if together is not None:
        share = Fraction(together.median, time.median or 1) - 1
        remark = f"{float(share):+.1%} against the whole, timed apart"
        rows.append(Total("layers together", _said(together.median), remark, together))
    passes = "forward flops over the time of both passes" if profile.how.backward else ""
    rows.append(Total("FLOP/s", _rate(figures.cost.flops, time, "count"), passes))
    rows.append(Total("bytes/s", _rate(figures.traffic_bytes, time, "bytes"), "least traffic"))
    rows += _memory(profile)
    columns: tuple[Column[Total], ...] = (
        Column("", lambda row: row.name, style="name"),
        Column("median", lambda row: row.value, right=True, style="strong"),
        Column("25%", lambda row: _said(row.spread.low) if row.spread else "", right=True, drop=2),
        Column("75%", lambda row: _said(row.spread.high) if row.spread else "", right=True, drop=2),
        Column("", lambda row: row.remark, wrap=True, style="dim", drop=1),
    )
    return Table(columns, rows)


def _said(nanoseconds: int) -> str:
    return f"{human(Fraction(nanoseconds, 1_000_000), 'ratio').number} ms"


def _per_sample(profile: Profile, whole: Spread) -> str:
    each_second = profile.how.batch * PER_SECOND / (whole.median or 1)
    what = "forward and backward" if profile.how.backward else "forward"
    return f"{what}, {each_second:,.1f} samples/s"


def _rate(amount: int, spread: Spread, unit: str) -> Amount:
    return Amount(amount * PER_SECOND // (spread.median or 1), unit)


def _memory(profile: Profile) -> list[Total]:
    figures, peak, backward = profile.report.totals, profile.peak, profile.how.backward
    metric = "saved_bytes" if backward else "peak_bytes"
    estimate = figures.metric(metric)
    what = "kept for the backward pass" if backward else "tensors alive at once"
    rest = "gradients, workspaces, copies inside kernels" if backward else "workspaces, copies inside kernels"
    rounding = [] if peak.rounding is None else [Total("allocator rounding", Amount(peak.rounding, "bytes"))]
    over = peak.bytes - estimate - (peak.rounding or 0)
    return [
        Total("peak measured", Amount(peak.bytes, "bytes"), "all that the allocator gave, without weights"),
        Total("estimate", Amount(estimate, "bytes"), f"{metric}: {what}"),
        *rounding,
        Total("beyond it", Amount(over, "bytes"), rest),
    ]


def _table(profile: Profile, lines: Sequence[Line], shown: Sequence[Line], first: str) -> Table[Line]:
    time = sum(line.time.median for line in lines)
    macs = profile.report.totals.metric("macs")
    largest = max((line.time.median for line in lines), default=0)
    columns: tuple[Column[Line], ...] = (
        Column(first, lambda line: line.name, style="name"),
        Column(
            "op",
            lambda line: line.layers[0].op if len(line.layers) == 1 else many(len(line.layers), "layer"),
            drop=5,
        ),
        Column("ms", lambda line: milliseconds(line.time.median), right=True, style="strong"),
        Column("25%", lambda line: milliseconds(line.time.low), right=True, drop=4),
        Column("75%", lambda line: milliseconds(line.time.high), right=True, drop=4),
        Column("time", lambda line: Quotient(line.time.median, time), right=True),
        Column("", lambda line: Bar(line.time.median, largest), drop=3, style="bar"),
        Column("macs", lambda line: Quotient(line.metric("macs"), macs), right=True),
        Column("FLOP/s", lambda line: _rate(line.metric("flops"), line.time, "count"), right=True, drop=1),
        Column(
            "bytes/s",
            lambda line: _rate(line.metric("traffic_bytes"), line.time, "bytes"),
            right=True,
            drop=2,
        ),
    )
    return Table(columns, shown)


def machine_notes(profile: Profile) -> list[str]:
    """Say on what and how it was measured."""
    machine, how = profile.machine, profile.how
    flags = ", ".join(f"{name} {_flag(value)}" for name, value in machine.flags.items())
    asked = [word for word in ("compile", "channels_last", "backward") if getattr(how, word)]
    ways = f"; {', '.join(word.replace('_', '-') for word in asked)}" if asked else ""
    return [
        f"{_place(machine)}; {machine.system}, Python {machine.python}, torch {machine.torch} ({flags})",
        f"{how.warmup} passes to warm up, {how.repeat} timed{ways}; median and quartiles",
    ]


def _place(machine: Machine) -> str:
    host = f"{machine.processor}, {many(machine.threads, 'thread')} of {machine.cores} cores"
    return f"{machine.gpu}; {host}" if machine.gpu else host


def _flag(value: str | bool | None) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return value or "none"


def _data(profile: Profile, label: str, lines: Sequence[Line]) -> Table[Line]:
    """Return one row per line with exact times, the whole network last, for programs."""
    network = Line("", profile.report.layers, profile.total())
    columns: tuple[Column[Line], ...] = (
        Column("network", lambda _: label),
        Column("name", lambda line: line.name),
        Column("layers", lambda line: Amount(len(line.layers))),
        Column("median_ns", lambda line: Amount(line.time.median)),
        Column("low_ns", lambda line: Amount(line.time.low)),
        Column("high_ns", lambda line: Amount(line.time.high)),
        *map(_counted, _COUNTED),
    )
    return Table(columns, (*lines, network))


def _counted(metric: str) -> Column[Line]:
    return Column(metric, lambda line: Amount(line.metric(metric), METRICS[metric].unit))
