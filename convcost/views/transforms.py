"""What a transform changed, and what it did to the cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.report import Effect
from convcost.units import full, sizes
from convcost.view import Amount, Column, Heading, Note, Quotient, Sizes, Table, View
from convcost.views.cells import amount, conventions, effect, field_sizes, left_out, many, per_dim
from convcost.views.reductions import COMPARED, channels, kept_notes, named, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.reductions.insertion import Inserted, Reduced
    from convcost.reductions.removal import Removed, Without
    from convcost.report import Report
    from convcost.transforms.convolutionalize import FullyConvolutional
    from convcost.view import Block, Cell

MOST_SITES = 10
MOST_SKIPPED = 3


def without(result: Without, before: Report, after: Report, label: str, *, full: bool = False) -> View:
    """Return what became of a network's reductions; ``full``: of every one."""
    columns: tuple[Column[Removed], ...] = (
        Column("removed", lambda site: short(site.layer), style="name"),
        Column("channels", _replaced),
        Column("now reads the wide tensor", lambda site: ", ".join(map(short, site.readers)), wrap=True),
        Column("layers removed", lambda site: Amount(len(site.layers)), right=True, drop=1),
    )
    head: list[Block] = [Heading(f"{label} without {many(len(result.sites), '1×1 reduction')}")]
    if result.sites:
        head += _cut(columns, result.sites, full=full)
    elif not result.projections:
        head = [Note(f"{label} has no 1×1 reductions that can be removed; its spec is written unchanged.")]
    if result.projections:
        head.append(Note(f"Pool projections removed: {named(result.projections)}"))
    notes = [*kept_notes(result.kept), *_lifted(result.lifted)]
    return _view([*head, *notes], before, after, ("before", "without"))


def _cut(columns: Sequence[Column[Any]], items: Sequence[Any], *, full: bool) -> list[Block]:
    shown = items if full else items[:MOST_SITES]
    return [Table(columns, shown), *left_out(len(items) - len(shown), "reduction", "--full")]


def _replaced(site: Removed) -> str:
    """Return a removed site's channels: ``192→16→32`` became ``192→32``."""
    return f"{channels(site.wide, site.width, site.out, site.expand)} ⇒ {site.wide}→{site.out}"


def reduce(result: Reduced, before: Report, after: Report, label: str, *, full: bool = False) -> View:
    """Return which reductions were inserted, and which convolutions were skipped."""
    columns: tuple[Column[Inserted], ...] = (
        Column("inserted", lambda one: short(one.layer), style="name"),
        Column("channels", lambda one: f"{one.wide}→{one.width}"),
        Column("before", lambda one: short(one.reader)),
        Column(
            "widened by",
            lambda one: one.expand or "",
            drop=1,
            hidden=not any(one.expand for one in result.inserted),
        ),
    )
    head: list[Block] = [Heading(f"{label} with {many(len(result.inserted), 'more reduction')}")]
    if result.inserted:
        head += _cut(columns, result.inserted, full=full)
    skipped = result.skipped if full else result.skipped[:MOST_SKIPPED]
    head += [Note(f"Skipped: {short(one.layer)}, {one.reason}", "dim") for one in skipped]
    head += left_out(len(result.skipped) - len(skipped), "convolution", "--full")
    return _view([*head, *_lifted(result.lifted)], before, after, ("before", "reduced"))


def convolutionalized(result: FullyConvolutional, window: Report, report: Report, label: str) -> View:
    """Return a network as convolutions alone: its map, its cells, and what windows would cost."""
    head = [Heading(f"{label} as convolutions alone"), *fully_convolutional(result, window, report)]
    note = Note(f"Changed: {named(result.layers)}", "dim")
    return View(
        (*head, note, *_lifted(result.lifted), conventions([report])), windows_table(result, window, report)
    )


def fully_convolutional(result: FullyConvolutional, window: Report, report: Report) -> list[Block]:
    """Return the block that ``analyze --fully-conv`` adds; ``window`` is the original's report."""
    exact = (
        Note("Nothing is padded, so each cell is exactly the network run on its window.")
        if not result.reasons
        else Note(
            f"A cell is not exactly the network run on its window: {'; '.join(result.reasons)}.", "warn"
        )
    )
    return [windows_table(result, window, report), exact]


class Line(NamedTuple):
    """A line about the map: what, how much, and what is to be said of it."""

    what: str
    value: Cell
    remark: str


def windows_table(result: FullyConvolutional, window: Report, report: Report) -> Table[Line]:
    """Return the map's size, what a cell sees, and the cost against running every window."""
    last = {layer.name: layer for layer in report.layers}[result.graph.outputs[0]]
    cells = 1
    for size in last.output[1:]:
        cells *= size
    each, macs = window.totals.cost.macs, report.totals.cost.macs
    rows = [
        Line("input", Sizes(report.input), f"trained on {sizes(result.window)}"),
        Line("map", Sizes(last.output), f"{many(cells, 'cell')} of {last.output[0]} scores"),
        Line(
            "cell sees",
            per_dim(field_sizes(last)),
            f"px, stride {per_dim(f.stride for f in last.field)}",
        ),
        Line("params", Amount(report.totals.cost.params, whole=True), "as before"),
        Line("macs", Amount(macs, whole=True), "for the whole map"),
        Line("", Amount(cells * each, whole=True), f"for {many(cells, 'window')} of {full(each)}"),
    ]
    if cells > 1:
        rows.append(Line("", Quotient(cells * each, macs, "times"), "fewer macs than window by window"))
    columns: tuple[Column[Line], ...] = (
        Column("", lambda line: line.what, key="name", style="name"),
        Column("", lambda line: line.value, key="value", right=True, style="strong"),
        Column("", lambda line: line.remark, key="remark", wrap=True),
    )
    return Table(columns, rows, header=False)


def _view(head: list[Block], before: Report, after: Report, titles: tuple[str, str]) -> View:
    table = _before_after(before, after, titles)
    return View((*head, table, conventions([after])), table)


def _before_after(before: Report, after: Report, titles: tuple[str, str]) -> Table[str]:
    """Return every compared metric before and after, and how many times less or more it is."""

    def change(name: str) -> Effect:
        return Effect(after.totals.metric(name), before.totals.metric(name))

    columns: tuple[Column[str], ...] = (
        Column("metric", lambda name: name, style="name"),
        Column(titles[0], lambda name: amount(before.totals, name), right=True),
        Column(titles[1], lambda name: amount(after.totals, name), right=True, style="strong"),
        Column("change", lambda name: effect(change(name)), key="", right=True),
    )
    return Table(columns, COMPARED)


def _lifted(lifted: Sequence[tuple[str, str]]) -> list[Block]:
    return [Note(f"{layer} no longer works in place: {reason}", "warn") for layer, reason in lifted]
