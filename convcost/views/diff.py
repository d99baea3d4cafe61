"""What changed in one network: ``~ + -`` per layer, old → new, and the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.budget.wording import said, share, signed, whole
from convcost.cost import METRICS, SUMMABLE
from convcost.units import sizes
from convcost.view import Amount, Column, Heading, Note, Table, View, Word
from convcost.views.cells import MOST, conventions, left_out, many

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


def view(compared: Compared, metric: str, *, full: bool = False) -> View:
    """Return the changed layers by a metric, how much is not shown, and the totals.

    The layers that changed most come first where there are many; ``full``: all, in order.
    """
    blocks: list[Block] = [Heading(f"{compared.label}, against {compared.before}")]
    if compared.why:
        blocks.append(Note(compared.why, "warn"))
    changed, hidden = _split(compared, metric)
    cut = not full and len(changed) > MOST
    shown = sorted(changed, key=lambda c: -abs(c.growth(metric)))[:MOST] if cut else changed
    if shown:
        blocks += [_layers(shown, metric), *left_out(len(changed) - len(shown), "changed layer", "--full")]
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


def _layers(shown: list[Change], metric: str) -> Table[Change]:
    unit = METRICS[metric].unit

    def value(layer: object, place: int, change: Change) -> Cell:
        return Amount(change.values(metric)[place], unit) if layer else None

    columns: tuple[Column[Change], ...] = (
        Column("", lambda change: change.sign, key="sign", style="strong"),
        Column("layer", lambda change: change.layer.name, style="name"),
        Column("op", lambda change: _arrow([side.op for side in change if side]), drop=3),
        Column("output", lambda change: _arrow([sizes(side.output) for side in change if side]), drop=2),
        Column(f"{metric} before", lambda change: value(change.old, 0, change), right=True),
        Column("after", lambda change: value(change.new, 1, change), right=True),
        Column("change", lambda change: _moves(*change.values(metric), unit)[0], right=True),
        Column("", lambda change: _moves(*change.values(metric), unit)[1], right=True, drop=1),
    )
    return Table(columns, shown)


def _arrow(values: list[str]) -> str:
    return " → ".join(dict.fromkeys(values))


def _moves(before: int | None, after: int, unit: str) -> tuple[Word, Word]:
    """Return the change as an amount and as a percentage, growth and saving in their colours."""
    if before is None or before == after:
        return Word(""), Word("")
    sign, style = ("+", "bad") if after > before else ("-", "good")
    percent = share(after - before, before)
    amount = Word(sign + said(abs(after - before), unit), style)
    return amount, Word(signed(sign, percent) if percent else "", style)


def _asides(compared: Compared, metric: str, hidden: int, *, any_shown: bool) -> list[Note]:
    delta = compared.delta
    if delta is None:
        return []
    lines = [] if any_shown else [f"no layer's {metric} changed"]
    if hidden:
        lines.append(f"{many(hidden, 'layer')} changed in other metrics only (--metric)")
    if delta.renamed:
        lines.append(f"{many(delta.renamed, 'layer')} only renamed")
    lines.append(f"{many(delta.unchanged, 'layer')} unchanged")
    return [Note("; ".join(lines), "dim")]


class Total(NamedTuple):
    """A metric of the whole network before (None: there is no before) and after."""

    name: str
    unit: str
    before: int | None
    after: int

    def shown(self, value: int | None) -> Cell:
        """Return one of the two as a cell, whole where rounding would hide the change."""
        if value is None:
            return None
        old = self.after if self.before is None else self.before
        alike = old != self.after and said(old, self.unit) == said(self.after, self.unit)
        return whole(value, self.unit) if alike else Amount(value, self.unit)


def _totals(compared: Compared) -> Table[Total]:
    """Return every total, old → new; whole where rounding would hide the change."""
    columns: tuple[Column[Total], ...] = (
        Column("total", lambda total: total.name, style="name"),
        Column("before", lambda total: total.shown(total.before), right=True),
        Column("after", lambda total: total.shown(total.after), right=True, style="strong"),
        Column("change", lambda total: _moves(total.before, total.after, total.unit)[0], right=True),
        Column("", lambda total: _moves(total.before, total.after, total.unit)[1], right=True, drop=1),
    )
    return Table(columns, _figures(compared))


def _figures(compared: Compared) -> list[Total]:
    """Return the totals, both peaks among them."""
    old, new = compared.old, compared.new
    figures: list[Total] = []
    for name in SUMMABLE:
        unit = METRICS[name].unit
        figures.append(Total(name, unit, old.totals.metric(name) if old else None, new.totals.metric(name)))
        if name == "peak_bytes":
            fused = old.peaks["fused"].bytes if old else None
            figures.append(Total("peak_bytes fused", unit, fused, new.peaks["fused"].bytes))
    return figures


def _data(compared: Compared, metric: str) -> Table[Change]:
    unit = METRICS[metric].unit
    columns: tuple[Column[Change], ...] = (
        Column("network", lambda _: compared.label),
        Column("sign", lambda change: Word(change.sign)),
        Column("name", lambda change: change.layer.name),
        Column("metric", lambda _: metric),
        Column("before", lambda change: Amount(change.values(metric)[0], unit)),
        Column("after", lambda change: Amount(change.values(metric)[1], unit)),
    )
    return Table(columns, compared.delta.changes if compared.delta else ())
