"""Values, limits and verdicts in words. Where rounding would hide a difference, all digits stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.units import full, human
from convcost.view import PASS, SKIP

if TYPE_CHECKING:
    from fractions import Fraction

    from convcost.budget.model import Limit
    from convcost.budget.verdict import Verdict
    from convcost.units import Exact

_LONGEST = 15


def said(value: Exact, unit: str) -> str:
    """Return a value for people."""
    return str(human(value, "times" if unit == "ratio" else unit))


def apart(value: Exact, other: Exact, unit: str) -> tuple[str, str]:
    """Return two values for people; whole where they differ but would look the same."""
    pair = said(value, unit), said(other, unit)
    return pair if value == other or pair[0] != pair[1] else (whole(value, unit), whole(other, unit))


def whole(value: Exact, unit: str) -> str:
    """Return a value with all its digits (a fraction without end as one)."""
    if isinstance(value, int):
        return full(value) + (" B" if unit == "bytes" else "×" if unit == "ratio" else "")
    places = next((n for n in range(_LONGEST) if 10**n % value.denominator == 0), None)
    text = str(value) if places is None else _decimal(value, places)
    return text + ("×" if unit == "ratio" else "")


def _decimal(value: Fraction, places: int) -> str:
    whole, part = divmod(abs(value.numerator) * 10**places // value.denominator, 10**places)
    return f"{'-' if value < 0 else ''}{whole}.{part:0{places}d}"


def against(verdict: Verdict) -> tuple[str, str]:
    """Return a verdict's value and its limit; the limit as it was written, unless that hides much."""
    if verdict.value is None or verdict.bound is None or verdict.limit is None:
        return "", verdict.limit.text if verdict.limit else ""
    unit = verdict.rule.unit
    value, bound = apart(verdict.value.value, verdict.bound, unit)
    rounded = said(verdict.bound, unit) == bound
    written = rounded and verdict.key != "max_increase" and not verdict.limit.text.isdigit()
    return value, verdict.limit.text if written else bound


def share(top: Exact, bottom: Exact) -> str:
    """Return top / bottom as a percentage without sign; '' where there is nothing to divide by."""
    if not bottom:
        return ""
    from fractions import Fraction

    return str(human(abs(Fraction(top, bottom)), "percent"))


def change(old: Exact, new: Exact, unit: str) -> str:
    """Return ``1.500 G → 1.600 G (+6.7%)``, or one value where nothing changed."""
    if old == new:
        return said(new, unit)
    before, after = apart(old, new, unit)
    percent = share(new - old, old)
    sign = "+" if new > old else "-"
    return f"{before} → {after}" + (f" ({signed(sign, percent)})" if percent else " (new)" if not old else "")


def signed(sign: str, percent: str) -> str:
    """Return a percentage with its sign: ``+6.7%``, ``<+0.1%``."""
    return f"<{sign}{percent[1:]}" if percent.startswith("<") else sign + percent


def margin(verdict: Verdict) -> str:
    """Return how much room a verdict leaves, or by how much it is over."""
    if verdict.bound is None:
        return ""
    percent = share(verdict.over, verdict.bound)
    if verdict.over > 0:
        return f"{percent} {'under' if verdict.key == 'min' else 'over'}" if percent else "over"
    return f"{percent} left" if percent else "none left" if not verdict.over else "left"


def limit(verdict: Verdict) -> str:
    """Return what a verdict's rule asks for: ``max 1.6G``."""
    if verdict.limit is None:
        return "layers"
    if verdict.key != "max_increase":
        return f"{verdict.key} {against(verdict)[1]}"
    over = verdict.rule.and_over
    return _plus(verdict.limit) + (f" and {_plus(over)}" if over else "")


def sentence(verdict: Verdict) -> str:
    """Return what was found, in one sentence."""
    if verdict.value is None:
        return verdict.why
    metric = verdict.rule.metric
    if verdict.status == SKIP:
        return f"{metric} {said(verdict.value.value, verdict.rule.unit)}, {limit(verdict)} not judged: {verdict.why}"
    if verdict.key == "max_increase" and verdict.old is not None:
        return _grew(verdict, metric)
    value, bound = against(verdict)
    missed = verdict.over > 0
    if not missed and verdict.status != PASS and verdict.rule.warn is not None:
        return _warned(verdict, metric)
    word = "below" if verdict.key == "min" else "above"
    if missed:
        return f"{metric} {value} is {word} {verdict.key} {bound} by {_by(verdict)}"
    return f"{metric} {value} is within {verdict.key} {bound}"


def _warned(verdict: Verdict, metric: str) -> str:
    warn: Limit | None = verdict.rule.warn
    assert warn is not None  # noqa: S101  (the caller looked)
    assert verdict.value is not None  # noqa: S101
    value, bound = apart(verdict.value.value, warn.value, verdict.rule.unit)
    if bound == said(warn.value, verdict.rule.unit) and not warn.in_percent:
        bound = warn.text
    part = f"{warn.text} of " if warn.in_percent else ""
    word = "below" if verdict.key == "min" else "above"
    return f"{metric} {value} is {word} warn {bound} ({part}{verdict.key} {against(verdict)[1]})"


def _grew(verdict: Verdict, metric: str) -> str:
    assert verdict.value is not None  # noqa: S101  (the caller looked)
    new, old = verdict.value.value, verdict.old or 0
    moved = change(old, new, verdict.rule.unit)
    if new <= old:
        return f"{metric} {moved} did not grow"
    if verdict.over > 0:
        return f"{metric} grew {moved}, by more than {limit(verdict)}"
    if verdict.status != PASS and verdict.rule.warn:
        return f"{metric} grew {moved}, by more than warn {verdict.rule.warn.text} (limit {limit(verdict)})"
    return f"{metric} grew {moved}, within {limit(verdict)}"


def _by(verdict: Verdict) -> str:
    amount = said(verdict.over, verdict.rule.unit)
    percent = share(verdict.over, verdict.bound or 0)
    return f"{amount} ({percent})" if percent else amount


def _plus(over: Limit) -> str:
    return over.text if over.text.startswith("+") else f"+{over.text}"
