"""Holding one value to one limit, exactly: equal to the limit passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.view import FAIL, PASS, WARN

if TYPE_CHECKING:
    from convcost.baseline.subject import Subject
    from convcost.budget.measured import Value
    from convcost.budget.model import Limit, Rule
    from convcost.units import Exact

EMPTY = "layers"


class Verdict(NamedTuple):
    """A rule, a network and one of the rule's limits: what came of it.

    ``key`` is max, min, max_increase, or ``layers`` where a glob matched nothing.
    ``bound`` is the limit as an amount of the metric (for an increase: the most the
    baseline allows), ``old`` the baseline's value, ``why`` the reason of a skip.
    """

    rule: Rule
    subject: Subject
    key: str
    status: str
    limit: Limit | None = None
    value: Value | None = None
    bound: Exact | None = None
    old: Exact | None = None
    why: str = ""

    @property
    def over(self) -> Exact:
        """By how much the bound is missed; negative where there is room."""
        if self.value is None or self.bound is None:
            return 0
        return self.bound - self.value.value if self.key == "min" else self.value.value - self.bound

    @property
    def overshoot(self) -> float:
        """``over`` as a share of the bound, by which reports sort the worst first."""
        if self.bound is None:
            return float("inf") if self.status == FAIL else 0.0
        from fractions import Fraction

        far = Fraction(10**300)  # strides of a thousand digits are no float
        return float(min(max(Fraction(self.over) / Fraction(self.bound or 1), -far), far))


def verdict(rule: Rule, subject: Subject, key: str, value: Value, old: Exact | None = None) -> Verdict:
    """Return the verdict on one limit; for ``max_increase`` there is an ``old`` value."""
    limit: Limit = getattr(rule, key)
    bound = limit.value if key != "max_increase" or old is None else _grown(old, limit, rule)
    failed = value.value < bound if key == "min" else value.value > bound
    status = FAIL if failed else WARN if _warned(rule, key, value, old) else PASS
    if status == FAIL and rule.level == "warn":
        status = WARN
    return Verdict(rule, subject, key, status, limit, value, bound, old)


def _grown(old: Exact, increase: Limit, rule: Rule) -> Exact:
    """Return the most a value may be: grown by an amount, or by a share (or ``and_over`` if that is more)."""
    share = max(old, -old) * increase.value
    most = old + (share if increase.in_percent else increase.value)
    if rule.and_over is not None:
        most = max(most, old + rule.and_over.value)
    return most // 1 if rule.unit in ("count", "bytes") else most  # whole things grow by whole ones


def _warned(rule: Rule, key: str, value: Value, old: Exact | None) -> bool:
    warn = rule.warn
    if warn is None:
        return False
    if key == "min":
        return value.value < warn.value
    if key == "max":
        return value.value > warn.value
    return rule.growth_only and old is not None and value.value > _grown(old, warn, rule)
