"""What came of a check as plain data: the JSON report (``schemas/check.schema.json``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.budget.findings import network_of, where_of
from convcost.to_json.envelope import document
from convcost.view import STATUSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.budget.result import Result
    from convcost.budget.verdict import Verdict
    from convcost.errors import Loc
    from convcost.units import Exact
    from convcost.view import Finding


def check(result: Result, found: Sequence[Finding], code: int) -> dict[str, Any]:
    """Return the document of ``check``; fractions are strings, everything else is exact."""
    return document(
        exit_code=code,
        baseline=result.baseline,
        counts={status: sum(f.status == status for f in found) for status in STATUSES},
        checks=[_verdict(verdict) for verdict in result.verdicts],
        findings=[_finding(f) for f in found if f.status not in ("pass", "skip")],
    )


def _verdict(verdict: Verdict) -> dict[str, Any]:
    rule, conditions = verdict.rule, verdict.rule.conditions
    return {
        "status": verdict.status,
        "rule": rule.id,
        "network": network_of(verdict),
        "layers": where_of(verdict) or None,
        "metric": rule.metric,
        "batch": conditions.batch,
        "dtype": conditions.dtype,
        "limit": verdict.key,
        "written": verdict.limit.text if verdict.limit else None,
        "value": _plain(verdict.value.value) if verdict.value else None,
        "bound": _plain(verdict.bound),
        "baseline": _plain(verdict.old),
        "why": verdict.why or None,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "status": finding.status,
        "rule": finding.rule,
        "network": finding.network,
        "layers": finding.where or None,
        "text": finding.text,
        "details": list(finding.details),
        "edit": _place(finding.loc),
        "limit_at": _place(finding.rule_loc),
    }


def _place(loc: Loc | None) -> dict[str, Any] | None:
    return {"file": loc.source.name, "line": loc.line, "column": loc.column} if loc else None


def _plain(value: Exact | None) -> int | str | None:
    return value if value is None or isinstance(value, int) else str(value)
