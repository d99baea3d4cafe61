"""Limits brought down to today's cost, in the text of a budget file."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.units import ceiling, parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from convcost.budget.model import Budget, Limit, Rule
    from convcost.budget.result import Result
    from convcost.budget.verdict import Verdict
    from convcost.errors import Loc
    from convcost.units import Exact


class Tightened(NamedTuple):
    """A limit that came down."""

    rule: str
    key: str
    old: str
    new: str


def tighten(budget: Budget, result: Result, margin: Exact) -> tuple[str, list[Tightened]]:
    """Return the budget file's text with each ``max`` at today's cost plus a margin.

    No limit is raised. A ``warn`` left above its ``max`` comes down as well, to half the margin.
    """
    edits: dict[Loc, tuple[Exact, str]] = {}
    done: list[Tightened] = []
    for rule in budget.rules:
        today = _today(rule, result.verdicts)
        if rule.max is None or today is None or rule.unit == "ratio":
            continue
        top = _lower(rule.max, today, margin, rule, edits)
        if top is None:
            continue
        done.append(Tightened(rule.id, "max", rule.max.text, top[1]))
        if rule.warn is not None and not rule.warn.in_percent and rule.warn.value > top[0]:
            low = _lower(rule.warn, today, _half(margin), rule, edits)
            if low is not None:
                done.append(Tightened(rule.id, "warn", rule.warn.text, low[1]))
    return _edited(budget.source.text, {loc: text for loc, (_, text) in edits.items()}), done


def _half(share: Exact) -> Exact:
    from fractions import Fraction

    return Fraction(share, 2)


def _today(rule: Rule, verdicts: Iterable[Verdict]) -> Exact | None:
    """Return the most a rule's networks and layers cost today."""
    values = [v.value.value for v in verdicts if v.rule is rule and v.key == "max" and v.value]
    return max(values, default=None)


def _lower(
    limit: Limit, today: Exact, margin: Exact, rule: Rule, edits: dict[Loc, tuple[Exact, str]]
) -> tuple[Exact, str] | None:
    """Note a lower limit; where two rules share one by an alias, the larger of theirs holds."""
    wanted = today + today * margin
    text = ceiling(wanted, rule.unit)
    value = parse(text, rule.unit)
    if value >= limit.value:
        return None
    known = edits.get(limit.loc)
    if known is None or known[0] < value:
        edits[limit.loc] = (value, text)
    return edits[limit.loc]


def _edited(text: str, edits: Mapping[Loc, str]) -> str:
    """Return a text with values replaced where they stand; nothing else moves."""
    lines = text.splitlines(keepends=True)
    for loc in sorted(edits, key=lambda loc: (loc.line, loc.column), reverse=True):
        line = lines[loc.line - 1]
        start = loc.column - 1
        anchor, space, _ = line[start : start + loc.length].partition(" ")
        kept = anchor + space if anchor.startswith("&") else ""
        lines[loc.line - 1] = line[:start] + kept + edits[loc] + line[start + loc.length :]
    return "".join(lines)
