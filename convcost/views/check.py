"""What came of a check, for a terminal: every rule, its value, limit and margin, and why it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.budget.findings import network_of, where_of
from convcost.budget.wording import against, limit, margin, said, share, signed
from convcost.render.text import printable
from convcost.view import (
    ERROR,
    FAIL,
    NOTE,
    PASS,
    SKIP,
    WARN,
    Amount,
    Code,
    Column,
    Heading,
    Note,
    Table,
    View,
    Word,
)
from convcost.views.cells import MOST, conventions, many

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from convcost.budget.result import Result
    from convcost.budget.verdict import Verdict
    from convcost.units import Exact
    from convcost.view import Block, Cell, Finding

WORDS = {
    ERROR: Word("ERROR", "bad"),
    FAIL: Word("FAIL", "bad"),
    WARN: Word("warn", "warn"),
    NOTE: Word("note", "warn"),
    SKIP: Word("skip", "dim"),
    PASS: Word("ok", "good"),
}


def headline(result: Result) -> str:
    """Return the outcome in one line."""
    counts = {status: sum(v.status == status for v in result.verdicts) for status in (FAIL, WARN, SKIP, PASS)}
    parts = []
    if result.errors:
        parts.append(many(len(result.errors), "spec") + " could not be judged")
    parts.append(f"{many(counts[FAIL], 'budget')} exceeded" if counts[FAIL] else "no budget exceeded")
    if counts[WARN]:
        parts.append(many(counts[WARN], "warning"))
    if counts[SKIP]:
        parts.append(f"{counts[SKIP]} not judged")
    parts.append(f"{counts[PASS]} within")
    against_what = f", against {result.baseline}" if result.baseline else ""
    return ", ".join(parts) + against_what


def view(result: Result, found: Sequence[Finding], *, full: bool = False) -> View:
    """Return the verdicts, each failure with its reasons, and last the outcome.

    Where there are many, those within their limits are only counted; ``full``: all are shown.
    """
    shown = list(result.verdicts)
    if not full and len(shown) > MOST:
        shown = [verdict for verdict in shown if verdict.status != PASS]
    within = len(result.verdicts) - len(shown)
    blocks: list[Block] = [table(shown)] if shown else []
    if within:
        more = "check" if within == 1 else "checks"
        blocks.append(Note(f"{within:,} more {more} within limits; --full shows all", "dim"))
    for finding in found:
        if finding.status in (ERROR, FAIL, WARN) and finding.network != "convcost":
            blocks += why(finding)
    loosened = laxer(found)
    blocks += [Heading("Loosened budgets"), *loosened] if loosened else []
    blocks += [Note(f.text, "warn") for f in found if f.network == "convcost" and f.status in (WARN, NOTE)]
    bad = result.errors or any(verdict.status == FAIL for verdict in result.verdicts)
    blocks.append(Note(headline(result), "bad" if bad else "good"))
    reports = [sides.new.report for sides in result.sides.values()]
    if reports:
        blocks.append(conventions(reports))
    return View(tuple(blocks), data(result.verdicts))


def laxer(found: Iterable[Finding]) -> list[Note]:
    """Return the limits that this change made laxer."""
    return [
        Note(f"{f.rule}: {f.text}" + (f"  {f.loc}" if f.loc else ""), "warn")
        for f in found
        if f.status == NOTE and f.network != "convcost"
    ]


def table(verdicts: Sequence[Verdict]) -> Table[Verdict]:
    """Return a row per verdict."""
    columns: tuple[Column[Verdict], ...] = (
        Column("", lambda v: WORDS[v.status]),
        Column("rule", lambda v: v.rule.id, style="name"),
        Column("network", network_of, drop=2),
        Column("layers", where_of, drop=1, hidden=not any(map(where_of, verdicts))),
        Column("metric", lambda v: v.rule.metric),
        Column("value", _value, right=True),
        Column("limit", limit, right=True),
        Column("margin", lambda v: margin(v) if v.status != SKIP else v.why, right=True, drop=3),
    )
    return Table(columns, verdicts)


def _value(verdict: Verdict) -> str:
    """Return what was measured: a value, its growth where that is judged, or why there is none."""
    if verdict.value is None:
        return verdict.why
    value = against(verdict)[0] or said(verdict.value.value, verdict.rule.unit)
    if verdict.key != "max_increase" or not verdict.old:
        return value
    grown = verdict.value.value - verdict.old
    if not grown:
        return value
    return f"{value} ({signed('-' if grown < 0 else '+', share(grown, verdict.old))})"


def why(finding: Finding) -> list[Block]:
    """Return what explains a finding, and which line to edit."""
    head = Heading(f"{WORDS[finding.status].text} {finding.rule} · {finding.subject}")
    text = Note(finding.text, "warn" if finding.status == WARN else "")
    reasons = [Code("\n".join(map(printable, finding.details)))] if finding.details else []
    return [head, text, *_edit(finding), *reasons]


def _edit(finding: Finding) -> list[Note]:
    if finding.loc and finding.rule_loc:
        return [Note(f"edit {finding.loc}, or the limit at {finding.rule_loc}", "dim")]
    loc = finding.loc or finding.rule_loc
    return [Note(f"edit {loc}", "dim")] if loc else []


def data(verdicts: Sequence[Verdict]) -> Table[Verdict]:
    """Return every verdict with exact values, for programs."""
    columns: tuple[Column[Verdict], ...] = (
        Column("status", lambda v: v.status),
        Column("rule", lambda v: v.rule.id),
        Column("network", network_of),
        Column("layers", where_of),
        Column("metric", lambda v: v.rule.metric),
        Column("value", lambda v: _exact(v.value.value if v.value else None, v)),
        Column("limit", limit),
        Column("bound", lambda v: _exact(v.bound, v)),
        Column("baseline", lambda v: _exact(v.old, v)),
    )
    return Table(columns, verdicts)


def _exact(value: Exact | None, verdict: Verdict) -> Cell:
    return None if value is None else Amount(value, verdict.rule.unit)
