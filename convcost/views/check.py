"""What came of a check, for a terminal: every rule, its value, limit and margin, and why it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
)
from convcost.views.cells import conventions
from convcost.views.findings import network_of, where_of
from convcost.views.wording import against, limit, margin, said, share, signed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from convcost.budget.result import Result
    from convcost.budget.verdict import Verdict
    from convcost.view import Block, Cell, Finding

WORDS = {ERROR: "ERROR", FAIL: "FAIL", WARN: "warn", NOTE: "note", SKIP: "skip", PASS: "ok"}


def headline(result: Result) -> str:
    """Return the outcome in one line."""
    counts = {status: sum(v.status == status for v in result.verdicts) for status in (FAIL, WARN, SKIP, PASS)}
    parts = []
    if result.errors:
        parts.append(_many(len(result.errors), "spec") + " could not be judged")
    parts.append(f"{_many(counts[FAIL], 'budget')} exceeded" if counts[FAIL] else "no budget exceeded")
    if counts[WARN]:
        parts.append(_many(counts[WARN], "warning"))
    if counts[SKIP]:
        parts.append(f"{counts[SKIP]} not judged")
    parts.append(f"{counts[PASS]} within")
    against_what = f", against {result.baseline}" if result.baseline else ""
    return ", ".join(parts) + against_what


def _many(count: int, word: str) -> str:
    return f"{count} {word}" + ("" if count == 1 else "s")


def view(result: Result, found: Sequence[Finding]) -> View:
    """Return the table of all rules, and each failure with its reasons."""
    blocks: list[Block] = [Heading(headline(result)), *laxer(found)]
    if result.verdicts:
        blocks.append(table(result.verdicts))
    for finding in found:
        if finding.status in (ERROR, FAIL, WARN) and finding.network != "convcost":
            blocks += why(finding)
    blocks += [Note(f.text, "warn") for f in found if f.network == "convcost" and f.status in (WARN, NOTE)]
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


def table(verdicts: Iterable[Verdict]) -> Table:
    """Return a row per verdict."""
    rows: list[tuple[Cell, ...]] = [
        (
            WORDS[v.status],
            v.rule.id,
            network_of(v),
            where_of(v),
            v.rule.metric,
            _value(v),
            limit(v),
            margin(v) if v.status != SKIP else v.why,
        )
        for v in verdicts
    ]
    layered = any(row[3] for row in rows)
    columns = (
        Column("", style="strong"),
        Column("rule", style="name"),
        Column("network", drop=2),
        Column("layers", drop=1),
        Column("metric"),
        Column("value", right=True),
        Column("limit", right=True),
        Column("margin", right=True, drop=3),
    )
    keep = [i for i in range(len(columns)) if i != 3 or layered]  # noqa: PLR2004  (the column of layers)
    return Table(tuple(columns[i] for i in keep), tuple(tuple(row[i] for i in keep) for row in rows))


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
    """Return what stands behind a finding, and which line to edit."""
    head = Heading(f"{WORDS[finding.status]} {finding.rule} · {finding.subject}")
    text = Note(finding.text, "warn" if finding.status == WARN else "")
    reasons = [Code("\n".join(map(printable, finding.details)))] if finding.details else []
    return [head, text, *_edit(finding), *reasons]


def _edit(finding: Finding) -> list[Note]:
    if finding.loc and finding.rule_loc:
        return [Note(f"edit {finding.loc}, or the limit at {finding.rule_loc}", "dim")]
    loc = finding.loc or finding.rule_loc
    return [Note(f"edit {loc}", "dim")] if loc else []


def data(verdicts: Iterable[Verdict]) -> Table:
    """Return every verdict with exact values, for programs."""
    titles = ("status", "rule", "network", "layers", "metric", "value", "limit", "bound", "baseline")
    rows: list[tuple[Cell, ...]] = [
        (
            v.status,
            v.rule.id,
            network_of(v),
            where_of(v),
            v.rule.metric,
            Amount(v.value.value, v.rule.unit) if v.value else "",
            limit(v),
            Amount(v.bound, v.rule.unit) if v.bound is not None else "",
            Amount(v.old, v.rule.unit) if v.old is not None else "",
        )
        for v in verdicts
    ]
    return Table(tuple(Column(title) for title in titles), tuple(rows))
