"""Holding rules against networks, with and without a baseline."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from convcost.baseline.before import INVALID, MISSING, Old
from convcost.budget.measured import Measured
from convcost.budget.result import Notice, Sides
from convcost.budget.verdict import EMPTY, Verdict, verdict
from convcost.errors import ConvcostError
from convcost.view import FAIL, PASS, SKIP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.baseline.before import Before
    from convcost.baseline.reports import Reports
    from convcost.baseline.subject import Conditions, Subject
    from convcost.budget.measured import Value
    from convcost.budget.model import Rule
    from convcost.budget.plan import Job
    from convcost.units import Exact


class Judgement(NamedTuple):
    """What came of all jobs: see ``Result``."""

    verdicts: tuple[Verdict, ...]
    notices: tuple[Notice, ...]
    errors: tuple[ConvcostError, ...]
    sides: dict[tuple[Subject, Conditions], Sides]


def judged(jobs: Sequence[Job], reports: Reports, before: Before | None) -> Judgement:
    """Return the verdicts of all jobs; a network that cannot be read is named once among the errors."""
    verdicts: list[Verdict] = []
    notices: dict[Notice, None] = {}
    errors: dict[tuple[Subject, Conditions], ConvcostError] = {}
    sides: dict[tuple[Subject, Conditions], Sides] = {}
    for rule, subject in jobs:
        key = (subject, rule.conditions)
        if key in errors:
            continue
        try:
            if key not in sides:
                sides[key], said = _sides(subject, rule.conditions, reports, before)
                notices.update(dict.fromkeys(said))
            verdicts += _verdicts(rule, subject, sides[key])
        except ConvcostError as error:
            errors[key] = _asked_by(rule, error)
    return Judgement(tuple(verdicts), tuple(notices), tuple(errors.values()), sides)


def _sides(
    subject: Subject, conditions: Conditions, reports: Reports, before: Before | None
) -> tuple[Sides, list[Notice]]:
    """Return a network now and before, and what is to be said where its before cannot be had."""
    new = Measured(reports.report(subject, conditions), reports.graph(subject, conditions))
    old = before.report(subject, conditions) if before else Old(MISSING)
    said = []
    if before and not before.whole and old.status in (INVALID, MISSING):
        text = f"{subject.label}: {old.why}; it is treated as missing"
        said = [Notice(text, counts=old.status == MISSING)]  # an invalid one must not keep its repair out
    return Sides(new, Measured(old.report) if old.report else None, old.why), said


def _verdicts(rule: Rule, subject: Subject, sides: Sides) -> list[Verdict]:
    return [found for key, _ in rule.limits for found in _on_limit(rule, subject, key, sides)]


def _on_limit(rule: Rule, subject: Subject, key: str, sides: Sides) -> list[Verdict]:
    values = sides.new.values(rule, lowest=key == "min")
    if not values:
        why = f"no layer matches {', '.join(rule.layers)}" + (" outside exclude" if rule.exclude else "")
        return [Verdict(rule, subject, EMPTY, PASS if rule.allow_empty else FAIL, why=why)]
    if key == "max_increase":
        return [_growth(rule, subject, value, sides) for value in values]
    return [verdict(rule, subject, key, value)._replace(old=_before(rule, value, sides)) for value in values]


def _before(rule: Rule, value: Value, sides: Sides) -> Exact | None:
    """Return what a value was; what a reduction saved before is not asked."""
    return sides.old.at(rule, value) if sides.old and rule.metric != "reduction_saving" else None


def _growth(rule: Rule, subject: Subject, value: Value, sides: Sides) -> Verdict:
    old = _before(rule, value, sides)
    if old is not None:
        return verdict(rule, subject, "max_increase", value, old)
    why = sides.why or "these layers are new"
    return Verdict(rule, subject, "max_increase", SKIP, rule.max_increase, value, why=why)


def _asked_by(rule: Rule, error: ConvcostError) -> ConvcostError:
    """Return an error that also says which rule asked for the network."""
    if rule.conditions.variant is None and rule.conditions.input is None:
        return error
    first, *others = error.diagnostics
    note = f"asked for by rule {rule.id!r} at {rule.loc}"
    return type(error)(replace(first, notes=(*first.notes, note)), *others)
