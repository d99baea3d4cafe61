"""What a transform changed, and what it did to the cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.cost import METRICS
from convcost.view import Amount, Column, Heading, Note, Table, View
from convcost.views.cells import conventions, per_dim, shape
from convcost.views.reductions import COMPARED, factor, kept_notes, named, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.reductions.insertion import Reduced
    from convcost.reductions.removal import Removed, Without
    from convcost.report import Report
    from convcost.transforms.convolutionalize import FullyConvolutional
    from convcost.view import Block, Cell

_NAME = Column("", style="name")
MOST_SKIPPED = 10


def without(result: Without, before: Report, after: Report, label: str) -> View:
    """Return what became of a network's reductions."""
    columns = (
        Column("removed", style="name"),
        Column("channels"),
        Column("now reads the wide tensor", wrap=True),
        Column("layers gone", right=True, drop=1),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            short(site.layer),
            channels(site),
            ", ".join(map(short, site.readers)),
            Amount(len(site.layers)),
        )
        for site in result.sites
    ]
    head: list[Block] = [Heading(f"{label} without {_count(len(result.sites), '1×1 reduction')}")]
    if rows:
        head.append(Table(columns, tuple(rows)))
    elif not result.projections:
        head = [Note(f"{label} has no 1×1 reductions that can be removed; its spec is written as it is.")]
    if result.projections:
        head.append(Note(f"Pool projections removed: {named(result.projections)}"))
    notes = [*kept_notes(result.kept), *_lifted(result.lifted)]
    return _view([*head, *notes], before, after, ("before", "without"))


def channels(site: Removed) -> str:
    """Return a removed site's channels: ``192→16→32`` became ``192→32``."""
    inner = (site.width,) if site.expand is None else (site.width, site.width)
    return f"{'→'.join(map(str, (site.wide, *inner, site.out)))} ⇒ {site.wide}→{site.out}"


def reduce(result: Reduced, before: Report, after: Report, label: str) -> View:
    """Return which reductions were put in, and which convolutions were skipped."""
    sandwich = any(one.expand for one in result.inserted)
    widened = (Column("widened by", drop=1),) if sandwich else ()
    columns = (Column("inserted", style="name"), Column("channels"), Column("before"), *widened)
    rows: list[tuple[Cell, ...]] = [
        (
            short(one.layer),
            f"{one.wide}→{one.width}",
            short(one.reader),
            *((one.expand,) if sandwich else ()),
        )
        for one in result.inserted
    ]
    head: list[Block] = [Heading(f"{label} with {_count(len(result.inserted), 'more reduction')}")]
    if rows:
        head.append(Table(columns, tuple(rows)))
    head += [Note(f"Skipped: {short(s.layer)}, {s.reason}", "dim") for s in result.skipped[:MOST_SKIPPED]]
    if len(result.skipped) > MOST_SKIPPED:
        rest = [s.layer for s in result.skipped[MOST_SKIPPED:]]
        head.append(Note(f"Skipped as well: {named(rest)}", "dim"))
    return _view([*head, *_lifted(result.lifted)], before, after, ("before", "reduced"))


def convolutionalized(result: FullyConvolutional, window: Report, report: Report, label: str) -> View:
    """Return a network as convolutions alone: its map, its cells, and what windows would cost."""
    head = [Heading(f"{label} as convolutions alone"), *fully_convolutional(result, window, report)]
    changed = named(result.layers)
    note = Note(f"Changed: {changed}", "dim")
    return View(
        (*head, note, *_lifted(result.lifted), conventions([report])), windows_table(result, window, report)
    )


def fully_convolutional(result: FullyConvolutional, window: Report, report: Report) -> list[Block]:
    """Return the block that ``analyze --fully-conv`` adds; ``window`` is the original's report."""
    table = windows_table(result, window, report)
    exact = (
        Note("Nothing is padded, so each cell is exactly the network run on its window.")
        if not result.reasons
        else Note(
            f"A cell is not exactly the network run on its window: {'; '.join(result.reasons)}.", "warn"
        )
    )
    return [table, exact]


def windows_table(result: FullyConvolutional, window: Report, report: Report) -> Table:
    """Return the map's size, what a cell sees, and the cost against running every window."""
    last = {layer.name: layer for layer in report.layers}[result.graph.outputs[0]]
    cells = 1
    for size in last.output[1:]:
        cells *= size
    each = window.totals.cost.macs
    rows: list[tuple[Cell, ...]] = [
        ("input", shape(report.input), f"trained on {shape(result.window)}"),
        ("map", shape(last.output), f"{_count(cells, 'cell')} of {last.output[0]} scores"),
        (
            "cell sees",
            per_dim(f.size for f in last.field),
            f"pixels, every {per_dim(f.stride for f in last.field)}",
        ),
        ("params", Amount(report.totals.cost.params, whole=True), "as before"),
        ("macs", Amount(report.totals.cost.macs, whole=True), "for the whole map"),
        ("", Amount(cells * each, whole=True), f"for {_count(cells, 'window')} of {each:,}"),
    ]
    if cells > 1:
        rows.append(("factor", factor(report.totals.cost.macs, cells * each), "less than window by window"))
    return Table(
        (_NAME, Column("", right=True, style="strong"), Column("", wrap=True)), tuple(rows), header=False
    )


def _view(head: list[Block], before: Report, after: Report, titles: tuple[str, str]) -> View:
    table = _before_after(before, after, titles)
    return View((*head, table, conventions([after])), table)


def _before_after(before: Report, after: Report, titles: tuple[str, str]) -> Table:
    """Return every compared metric before and after, and how many times as much it is."""
    rows: list[tuple[Cell, ...]] = []
    for name in COMPARED:
        old, new = before.totals.metric(name), after.totals.metric(name)
        unit = METRICS[name].unit
        rows.append((name, Amount(old, unit), Amount(new, unit), factor(old, new)))
    columns = (
        Column("metric", style="name"),
        Column(titles[0], right=True),
        Column(titles[1], right=True, style="strong"),
        Column("ratio", right=True),
    )
    return Table(columns, tuple(rows))


def _lifted(lifted: Sequence[tuple[str, str]]) -> list[Block]:
    return [Note(f"{layer} works in place no longer: {reason}", "warn") for layer, reason in lifted]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
