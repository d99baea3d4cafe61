"""A profile for people: time beside macs, layer by layer, and what was measured on what."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from convcost.cost import METRICS
from convcost.view import Amount, Bar, Column, Heading, Note, Table, View
from convcost.views.cells import conventions, title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.report import LayerCost
    from convcost.torch_backend.machine import Machine
    from convcost.torch_backend.profile import Profile
    from convcost.torch_backend.profile_clock import Spread
    from convcost.view import Block, Cell

PER_SECOND = 10**9
"""Nanoseconds in a second."""


class Line(NamedTuple):
    """A row: a layer, or the layers that share a prefix."""

    name: str
    layers: tuple[LayerCost, ...]


def view(profile: Profile, label: str, depth: int | None = 1) -> View:
    """Return everything ``profile`` shows of a network, grouped at ``depth`` levels (None: every layer)."""
    lines = grouped(profile.report.layers, depth)
    blocks: list[Block] = [Heading(title(profile.report, label)), totals(profile)]
    if profile.passes:
        blocks.append(_table(profile, lines, "layer" if depth is None else "stage"))
    blocks += [Note(note, "warn") for note in profile.notes]
    blocks += [Note(note, "dim") for note in machine_notes(profile)]
    return View((*blocks, conventions([profile.report])), _data(profile, label, lines))


def grouped(layers: Sequence[LayerCost], depth: int | None) -> list[Line]:
    """Return the layers in rows, in order."""
    rows: dict[str, list[LayerCost]] = {}
    for layer in layers:
        name = layer.name if depth is None else ".".join(layer.name.split(".")[:depth])
        rows.setdefault(name, []).append(layer)
    return [Line(name, tuple(those)) for name, those in rows.items()]


def milliseconds(nanoseconds: int) -> Amount:
    """Return a time as a cell, in milliseconds."""
    return Amount(Fraction(nanoseconds, 1_000_000), "ratio")


def totals(profile: Profile) -> Table:
    """Return the network's own time, its layers' together, its rates and its peak."""
    whole = profile.total()
    figures = profile.report.totals
    rows: list[tuple[Cell, ...]] = [("time", *_times(whole), _per_sample(profile, whole))]
    together = profile.layers_together()
    if together is not None:
        share = Fraction(together.median, whole.median or 1) - 1
        rows.append(
            ("layers together", *_times(together), f"{float(share):+.1%} beside the whole, unwatched")
        )
    rows.append(("FLOP/s", _rate(figures.cost.flops, whole, "count"), "", "", _passes_meant(profile)))
    rows.append(("bytes/s", _rate(figures.traffic_bytes, whole, "bytes"), "", "", "least traffic"))
    rows += _memory(profile)
    columns = (
        Column("", style="name"),
        Column("median", right=True, style="strong"),
        Column("quartile", right=True, drop=2),
        Column("quartile", right=True, drop=2),
        Column("", wrap=True, style="dim", drop=1),
    )
    return Table(columns, tuple(rows))


def _times(spread: Spread) -> tuple[Cell, Cell, Cell]:
    return (_said(spread.median), _said(spread.low), _said(spread.high))


def _said(nanoseconds: int) -> str:
    from convcost.units import human

    return f"{human(Fraction(nanoseconds, 1_000_000), 'ratio').number} ms"


def _per_sample(profile: Profile, whole: Spread) -> str:
    many = profile.how.batch * PER_SECOND / (whole.median or 1)
    what = "forward and backward" if profile.how.backward else "forward"
    return f"{what}, {many:,.1f} samples/s"


def _passes_meant(profile: Profile) -> str:
    return "forward flops over the time of both passes" if profile.how.backward else ""


def _rate(amount: int, spread: Spread, unit: str) -> Amount:
    return Amount(amount * PER_SECOND // (spread.median or 1), unit)


def _memory(profile: Profile) -> list[tuple[Cell, ...]]:
    figures, peak = profile.report.totals, profile.peak
    backward = profile.how.backward
    metric = "saved_bytes" if backward else "peak_bytes"
    estimate = figures.metric(metric)
    what = "kept for the backward pass" if backward else "tensors alive at once"
    rows: list[tuple[Cell, ...]] = [
        ("peak measured", Amount(peak.bytes, "bytes"), "", "", "all the allocator gave, weights apart"),
        ("estimate", Amount(estimate, "bytes"), "", "", f"{metric}: {what}"),
    ]
    over = peak.bytes - estimate - (peak.rounding or 0)
    if peak.rounding is not None:
        rows.append(("allocator rounding", Amount(peak.rounding, "bytes"), "", "", ""))
    rest = "gradients, workspaces, copies inside kernels" if backward else "workspaces, copies inside kernels"
    rows.append(("beyond it", Amount(over, "bytes"), "", "", rest))
    return rows


def _table(profile: Profile, lines: Sequence[Line], first: str) -> Table:
    every = {line.name: profile.of(layer.name for layer in line.layers) for line in lines}
    time = sum(spread.median for spread in every.values()) or 1
    macs = profile.report.totals.metric("macs") or 1
    largest = max((spread.median for spread in every.values()), default=0) or 1
    rows = []
    for line in lines:
        spread = every[line.name]
        row: tuple[Cell, ...] = (
            line.name,
            line.layers[0].op if len(line.layers) == 1 else f"{len(line.layers)} layers",
            milliseconds(spread.median),
            milliseconds(spread.low),
            milliseconds(spread.high),
            Amount(Fraction(spread.median, time), "percent"),
            Bar(spread.median / largest),
            Amount(Fraction(_sum(line, "macs"), macs), "percent"),
            _rate(_sum(line, "flops"), spread, "count"),
            _rate(_sum(line, "traffic_bytes"), spread, "bytes"),
        )
        rows.append(row)
    columns = (
        Column(first, style="name"),
        Column("op", drop=5),
        Column("ms", right=True, style="strong"),
        Column("quartile", right=True, drop=4),
        Column("quartile", right=True, drop=4),
        Column("time", right=True),
        Column("", drop=3, style="bar"),
        Column("macs", right=True),
        Column("FLOP/s", right=True, drop=1),
        Column("bytes/s", right=True, drop=2),
    )
    return Table(columns, tuple(rows))


def _sum(line: Line, metric: str) -> int:
    return sum(layer.metric(metric) for layer in line.layers)


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
    threads = f"{machine.threads} thread" + ("" if machine.threads == 1 else "s")
    host = f"{machine.processor}, {threads} of {machine.cores} cores"
    return f"{machine.gpu}; {host}" if machine.gpu else host


def _flag(value: str | bool | None) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return value or "none"


def _data(profile: Profile, label: str, lines: Sequence[Line]) -> Table:
    """Return one row per line with exact times, the whole network last, for programs."""
    titles = ("network", "name", "layers", "median_ns", "low_ns", "high_ns", *_COUNTED)
    rows: list[tuple[Cell, ...]] = []
    if profile.passes:
        for line in lines:
            spread = profile.of(layer.name for layer in line.layers)
            counted = (Amount(_sum(line, m), METRICS[m].unit) for m in _COUNTED)
            rows.append((label, line.name, Amount(len(line.layers)), *map(Amount, spread), *counted))
    figures = profile.report.totals
    counted = (Amount(figures.metric(m), METRICS[m].unit) for m in _COUNTED)
    rows.append((label, "", Amount(len(profile.report.layers)), *map(Amount, profile.total()), *counted))
    return Table(tuple(Column(name) for name in titles), tuple(rows))


_COUNTED = ("macs", "flops", "traffic_bytes")
