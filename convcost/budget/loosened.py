"""Limits that the same change loosened: what a reviewer should see beside the figures."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from convcost.budget.read import own_rules, read_text
from convcost.budget.result import Loosened, Notice
from convcost.errors import ConvcostError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from convcost.baseline.before import Before
    from convcost.baseline.subject import Subject
    from convcost.budget.model import Budget, Limit, Rule
    from convcost.budget.plan import OwnRules


_LAXER = (("max", 1), ("warn", 1), ("min", -1), ("max_increase", 1), ("and_over", 1))


def since(
    before: Before | None, budget: Budget | None, own: Mapping[Subject, OwnRules]
) -> tuple[tuple[Loosened, ...], tuple[Notice, ...]]:
    """Return the limits that are laxer than at a baseline, and a notice if its budget file is invalid."""
    if before is None or before.whole:
        return (), ()
    found, notices = _of_file(before, budget) if budget else ([], ())
    for subject, rules in own.items():
        found += _of_spec(before, subject, rules)
    return tuple(found), notices


def _of_file(before: Before, budget: Budget) -> tuple[list[Loosened], tuple[Notice, ...]]:
    name = budget.source.name
    data = before.text(os.path.join(budget.folder, os.path.basename(name)))
    if data is None or data == budget.source.text.encode():
        return [], ()
    try:
        old = read_text(data, f"{before.name}:{name}", budget.folder)
    except ConvcostError as error:
        text = f"the budget file at {before.name} is itself invalid: {error.diagnostics[0].message}"
        return [], (Notice(text, counts=False),)
    return loosened(old.rules, budget.rules), ()


def _of_spec(before: Before, subject: Subject, rules: OwnRules) -> list[Loosened]:
    data = before.text(subject.path) if subject.path else None
    if data is None or b"budget" not in data:
        return []
    try:
        old = own_rules(data, subject.ref.spec)
    except ConvcostError:
        return []  # an invalid baseline spec has been named already
    found = []
    for variant, those in old.items():
        label = subject._replace(ref=subject.ref._replace(variant=variant)).label
        changes = loosened(those, rules.get(variant, ()))
        found += [change._replace(rule=f"{label} {change.rule}") for change in changes]
    return found


def loosened(before: Iterable[Rule], now: Iterable[Rule]) -> list[Loosened]:
    """Return what became laxer, rule by rule; rules are the same if their ids are."""
    known = {rule.id: rule for rule in now}
    found: list[Loosened] = []
    for old in before:
        new = known.get(old.id)
        if new is None:
            limits = ", ".join(f"{key} {limit.text}" for key, limit in old.limits)
            found.append(Loosened(old.id, f"budget removed (it was {limits})"))
        else:
            found += _changes(old, new)
    return found


def _changes(old: Rule, new: Rule) -> Iterable[Loosened]:
    if old.metric != new.metric:
        yield Loosened(new.id, f"budget changed from {old.metric} to {new.metric}", new.loc)
        return
    for key, sign in _LAXER:
        was: Limit | None = getattr(old, key)
        now: Limit | None = getattr(new, key)
        if was is not None and now is None and key in ("max", "min", "max_increase"):
            yield Loosened(new.id, f"{key} removed (it was {was.text})", new.loc)
        elif was is None or now is None:
            continue
        elif was.in_percent != now.in_percent and (key == "max_increase" or new.growth_only):
            yield Loosened(new.id, f"{key} changed from {was.text} to {now.text}", now.loc)
        elif sign * (now.value - was.value) > 0:
            word = {"max": "budget raised", "min": "budget lowered"}.get(key, f"{key} raised")
            yield Loosened(new.id, f"{word} {was.text} → {now.text}", now.loc)
    if (old.level, new.level) == ("error", "warn"):
        yield Loosened(new.id, "level lowered from error to warn", new.loc)
