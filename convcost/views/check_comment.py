"""What came of a check, for a pull request: a headline, a small table, the rest folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.budget.findings import network_of
from convcost.budget.wording import change, said
from convcost.cost import METRICS
from convcost.view import ERROR, FAIL, PASS, WARN, Column, Comment, Fold, Heading, Note, Table, View
from convcost.views.cells import conventions
from convcost.views.check import WORDS, headline, laxer, table, why

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.budget.result import Result, Sides
    from convcost.view import Block, Finding

MARKER = "convcost-check"
MOST_NETWORKS = 30
MOST_NAMED = 20
COMPARED = ("macs", "params", "peak_bytes")


def comment(result: Result, found: Sequence[Finding]) -> Comment:
    """Return the comment."""
    bad = sorted(
        (f for f in found if f.status in (ERROR, FAIL, WARN)),
        key=lambda f: ((ERROR, FAIL, WARN).index(f.status), -f.weight),
    )
    blocks: list[Block] = [Heading(headline(result))]
    blocks += [Note(f"{WORDS[f.status].text} {f.rule} · {f.subject}: {f.text}") for f in bad[:MOST_NAMED]]
    if len(bad) > MOST_NAMED:
        blocks.append(Note(f"and {len(bad) - MOST_NAMED} more"))
    blocks += laxer(found)[:MOST_NAMED]
    if result.sides:
        blocks += _totals(result)
        blocks.append(conventions([sides.new.report for sides in result.sides.values()]))
    folds = [Fold(f"{WORDS[f.status].text} {f.rule} · {f.subject}", View(tuple(why(f)[1:]))) for f in bad]
    passed = sum(v.status == PASS for v in result.verdicts)
    every = Fold(f"all {len(result.verdicts)} checks ({passed} within)", View((table(result.verdicts),)))
    return Comment(MARKER, View(tuple(blocks)), (*folds, every) if result.verdicts else tuple(folds))


def _totals(result: Result) -> list[Block]:
    """Return each network's totals, old → new, those that changed most first."""
    named: dict[str, Sides] = {}
    for verdict in result.verdicts:
        named.setdefault(network_of(verdict), result.sides_of(verdict))
    ranked = sorted(named.items(), key=lambda item: -_moved(item[1]))
    columns: tuple[Column[tuple[str, Sides]], ...] = (
        Column("network", lambda row: row[0]),
        *map(_column, COMPARED),
    )
    left = len(ranked) - MOST_NETWORKS
    more = [Note(f"{left} more networks changed less", "dim")] if left > 0 else []
    return [Table(columns, ranked[:MOST_NETWORKS]), *more]


def _column(metric: str) -> Column[tuple[str, Sides]]:
    return Column(metric, lambda row: _cell(row[1], metric), right=True)


def _cell(sides: Sides, metric: str) -> str:
    unit = METRICS[metric].unit
    new = sides.new.report.totals.metric(metric)
    if sides.old is None:
        return said(new, unit) + (" (added)" if sides.why.startswith(("new", "a variant new")) else "")
    return change(sides.old.report.totals.metric(metric), new, unit)


def _moved(sides: Sides) -> float:
    """Return the largest relative change of a network's totals."""
    if sides.old is None:
        return 0.0
    old, new = sides.old.report.totals, sides.new.report.totals
    return max(abs(new.metric(m) - old.metric(m)) / (old.metric(m) or 1) for m in COMPARED)
