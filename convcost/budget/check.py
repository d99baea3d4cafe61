"""Judging a whole budget: every rule against every network it holds for.

Plan, open the baseline, judge, compare the budgets: a module for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.baseline.reports import Reports
from convcost.budget.judge import judged
from convcost.budget.loosened import since
from convcost.budget.opening import open_for
from convcost.budget.plan import Job, planned
from convcost.budget.result import Notice, Result
from convcost.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.baseline.source import Baseline
    from convcost.baseline.subject import Subject
    from convcost.budget.model import Budget, Rule
    from convcost.budget.plan import Plan


def check(
    budget: Budget | None,
    targets: Sequence[Subject] = (),
    baseline: Baseline | None = None,
    only: Sequence[str] = (),
) -> Result:
    """Judge a budget file's rules and those that specs carry themselves.

    ``targets`` narrows the run to some networks, ``only`` to rules with these ids;
    ``baseline`` takes the place of the file's. Raises ConvcostError for what makes the
    whole run impossible; a spec that cannot be read is one of the result's ``errors``.
    """
    reports = Reports()
    plan = planned(budget, targets, reports, only)
    opened = open_for(plan, budget, baseline, reports)
    judgement = judged(plan.jobs, reports, opened.before)
    errors = (*plan.errors, *judgement.errors)
    unjudged = () if errors else _unjudged(plan, targets)
    loosened, notices = since(opened.before, budget, plan.own)
    return Result(
        baseline=opened.name,
        verdicts=judgement.verdicts,
        notices=(*opened.notices, *judgement.notices, *unjudged, *notices),
        loosened=loosened,
        errors=errors,
        sides=judgement.sides,
    )


def check_rules(rules: Sequence[Rule], subject: Subject) -> Result:
    """Judge rules about one network, without a baseline; raises ConvcostError if it cannot be read."""
    found = judged([Job(rule, subject) for rule in rules], Reports(), None)
    for error in found.errors:
        raise error
    return Result(verdicts=found.verdicts, notices=found.notices, sides=found.sides)


def _unjudged(plan: Plan, targets: Sequence[Subject]) -> tuple[Notice, ...]:
    """Never pass in silence: a network no rule holds for is named, and nothing at all is an error."""
    if not plan.jobs:
        hint = "name specs that a rule covers, or run: convcost budget init"
        raise UsageError(Diagnostic("CC601", "there is no rule to check", hint=hint))
    judged_places = {job.subject.place for job in plan.jobs}
    missed = [target for target in targets if target.place not in judged_places]
    return tuple(Notice(f"no rule covers {target.label}") for target in missed)
