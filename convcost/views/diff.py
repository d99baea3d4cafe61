"""What changed in one network: ``~ + -`` per layer, old → new, and the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.cost import METRICS, SUMMABLE
from convcost.view import Amount, Column, Heading, Note, Table, View
from convcost.views.cells import conventions, shape
from convcost.views.wording import said, share, signed, whole

if TYPE_CHECKING:
    from convcost.engine.delta import Change, Delta
    from convcost.report import Report
    from convcost.view import Block, Cell


class Compared(NamedTuple):
    """A network now and before; no ``old`` means that it is new, and ``why`` says so."""

    label: str
    before: str
    new: Report
    old: Report | None
    delta: Delta | None
    why: str = ""


def view(compared: Compared, metric: str) -> View:
    """Return the changed layers by a metric, the totals, and how much is not shown."""
    head = Heading(f"{compared.label}, against {compared.before}")
    shown, hidden = _split(compared, metric)
    blocks: list[Block] = [head]
    if compared.why:
        blocks.append(Note(compared.why, "warn"))
    if shown:
        blocks.append(_layers(shown, metric))
    blocks += _asides(compared, metric, hidden, any_shown=bool(shown))
    blocks += [_totals(compared), conventions([compared.new])]
    return View(tuple(blocks), _data(compared, metric))


def _split(compared: Compared, metric: str) -> tuple[list[Change], int]:
    """Return the changes worth a row, and how many layers changed in other metrics only."""
    changes = compared.delta.changes if compared.delta else ()
    shown = [c for c in changes if c.sign != "~" or c.growth(metric) or _moved(c)]
    return shown, len(changes) - len(shown)


def _moved(change: Change) -> bool:
    """Whether a layer became another op."""
    return bool(change.old and change.new and change.old.op != change.new.op)


def _layers(shown: list[Change], metric: str) -> Table:
    columns = (
        Column("", style="strong"),
        Column("layer", style="name"),
        Column("op", drop=3),
        Column("output", drop=2),
        Column(f"{metric} before", right=True),
        Column("after", right=True),
        Column("change", right=True),
        Column("", right=True, drop=1),
    )
    return Table(columns, tuple(_layer(change, metric) for change in shown))


def _layer(change: Change, metric: str) -> tuple[Cell, ...]:
    unit = METRICS[metric].unit
    before, after = change.values(metric)
    sides = (change.old, change.new)
    return (
        change.sign,
        change.layer.name,
        _arrow([side.op for side in sides if side]),
        _arrow([shape(side.output) for side in sides if side]),
        *(Amount(value, unit) if side else None for side, value in zip(sides, (before, after), strict=True)),
        *_moves(before, after, unit),
    )


def _arrow(values: list[str]) -> str:
    return " → ".join(dict.fromkeys(values))


def _moves(before: int, after: int, unit: str) -> tuple[Cell, Cell]:
    """Return the change as an amount and as a percentage."""
    if before == after:
        return "", ""
    sign = "+" if after > before else "-"
    amount = said(abs(after - before), unit)
    percent = share(after - before, before)
    return sign + amount, signed(sign, percent) if percent else ""


def _asides(compared: Compared, metric: str, hidden: int, *, any_shown: bool) -> list[Note]:
    delta = compared.delta
    if delta is None:
        return []
    lines = [] if any_shown else [f"no layer's {metric} changed"]
    if hidden:
        lines.append(f"{_layers_of(hidden)} changed in other metrics only (--metric)")
    if delta.renamed:
        lines.append(f"{_layers_of(delta.renamed)} only took another name")
    lines.append(f"{_layers_of(delta.unchanged)} unchanged")
    return [Note("; ".join(lines), "dim")]


def _layers_of(count: int) -> str:
    return f"{count:,} layer" + ("" if count == 1 else "s")


def _totals(compared: Compared) -> Table:
    """Return every total, old → new; whole where rounding would hide the change."""
    rows: list[tuple[Cell, ...]] = []
    for name, old, new in _figures(compared):
        unit = METRICS[name.split(" ")[0]].unit
        if old is None or old == new:
            rows.append((name, None if old is None else Amount(old, unit), Amount(new, unit), "", ""))
            continue
        same = said(old, unit) == said(new, unit)
        sides = [whole(v, unit) if same else Amount(v, unit) for v in (old, new)]
        rows.append((name, *sides, *_moves(old, new, unit)))
    columns = (
        Column("total", style="name"),
        Column("before", right=True),
        Column("after", right=True, style="strong"),
        Column("change", right=True),
        Column("", right=True, drop=1),
    )
    return Table(columns, tuple(rows))


def _figures(compared: Compared) -> list[tuple[str, int | None, int]]:
    """Return (metric, before, after) of the totals, both peaks among them."""
    old, new = compared.old, compared.new
    figures: list[tuple[str, int | None, int]] = []
    for name in SUMMABLE:
        before = old.totals.metric(name) if old else None
        figures.append((name, before, new.totals.metric(name)))
        if name == "peak_bytes":
            fused = old.peaks["fused"].bytes if old else None
            figures.append(("peak_bytes fused", fused, new.peaks["fused"].bytes))
    return figures


def _data(compared: Compared, metric: str) -> Table:
    titles = ("network", "sign", "name", "metric", "before", "after")
    rows: list[tuple[Cell, ...]] = [
        (
            compared.label,
            c.sign,
            c.layer.name,
            metric,
            *(Amount(v, METRICS[metric].unit) for v in c.values(metric)),
        )
        for c in (compared.delta.changes if compared.delta else ())
    ]
    return Table(tuple(Column(title) for title in titles), tuple(rows))


def plain(compared: Compared) -> dict[str, Any]:
    """Return one network's changes as JSON has them: every summable metric, before and after."""
    return {
        "network": compared.label,
        "baseline": compared.before,
        "status": "changed" if compared.delta else "added",
        "totals": {name: {"before": old, "after": new} for name, old, new in _figures(compared)},
        "layers": [_plain_layer(change) for change in (compared.delta.changes if compared.delta else ())],
        "unchanged": compared.delta.unchanged if compared.delta else 0,
    }


def _plain_layer(change: Change) -> dict[str, Any]:
    sides = {"before": change.old, "after": change.new}
    return {
        "sign": change.sign,
        "name": change.layer.name,
        **{
            word: {"op": side.op, "output": list(side.output)} | {n: side.metric(n) for n in SUMMABLE}
            if side
            else None
            for word, side in sides.items()
        },
    }
