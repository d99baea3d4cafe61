"""The baseline of a check, opened; or why there is none, and whether that may be."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from convcost.baseline.before import opened
from convcost.budget.result import Notice
from convcost.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from convcost.baseline.before import Before
    from convcost.baseline.reports import Reports
    from convcost.baseline.source import Baseline
    from convcost.budget.model import Budget
    from convcost.budget.plan import Plan


class Opened(NamedTuple):
    """A baseline by name, None where there is none, and what is to be said of it."""

    name: str | None
    before: Before | None
    notices: tuple[Notice, ...] = ()


def open_for(plan: Plan, budget: Budget | None, asked: Baseline | None, reports: Reports) -> Opened:
    """Open the baseline that was asked for, else the budget file's.

    Raises UsageError where a rule needs one and there is none, and for one that is
    missing and must not be.
    """
    baseline = asked or (budget.baseline if budget else None)
    if baseline is None:
        _need_none(plan)
        return Opened(None, None)
    folder = budget.folder if budget and baseline.loc else os.getcwd()
    before = opened(baseline, folder, reports, [job.subject for job in plan.jobs])
    return Opened(str(baseline), before, _missing(baseline, before.whole) if before.whole else ())


def _need_none(plan: Plan) -> None:
    relative = next((job.rule for job in plan.jobs if job.rule.max_increase), None)
    if relative is not None:
        hint = "baseline: {source: git:origin/main}, or --baseline git:origin/main"
        message = f"rule {relative.id!r} has max_increase, and there is no baseline"
        raise UsageError(Diagnostic("CC607", message, relative.loc, hint))


def _missing(baseline: Baseline, why: str) -> tuple[Notice, ...]:
    message = f"the baseline {baseline} is missing: {why}"
    if baseline.on_missing == "error":
        raise UsageError(Diagnostic("CC609", message, baseline.loc, _remedy(baseline)))
    return (Notice(message, baseline.loc),) if baseline.on_missing == "warn" else ()


def _remedy(baseline: Baseline) -> str:
    remedy = "on_missing: warn continues without it"
    if baseline.kind != "git":
        return remedy
    remote, _, branch = baseline.argument.partition("/")
    fetch = f"git fetch --depth=1 {remote} {branch}" if branch else "git fetch"
    return f"a shallow clone may not have it: {fetch}; {remedy}"
