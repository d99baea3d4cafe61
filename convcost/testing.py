"""Budgets in a test suite: ``assert_budget(spec, macs="4.2G")``.

>>> from convcost.testing import assert_budget
>>> assert_budget("resnet@50", macs="4.1G", peak_bytes="10 MiB")
>>> assert_budget("googlenet", reduction_saving={"min": "1.5x"}, batch=8)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcost.budget.model import Rule
    from convcost.errors import Loc
    from convcost.spec.tree import Map, Tree

Written = str | int | bool


def assert_budget(
    spec: str,
    *,
    batch: int = 1,
    dtype: str = "float32",
    input: str | None = None,  # noqa: A002  (the word of the spec language)
    **limits: Written | Mapping[str, Written],
) -> None:
    """Raise AssertionError where a network exceeds a limit, saying which, by how much and why.

    ``spec`` is what the command line takes. Each limit is a metric: the most it may be
    (``"4.2G"``, ``"12 MiB"``, an integer in the metric's unit), or what a rule of a budget
    file may hold: ``{"min": "1.5x"}``, ``{"max": "10M", "layers": "stem.**"}``. Raises
    ConvcostError where the spec cannot be read or a limit makes no sense.
    """
    __tracebackhide__ = True  # pytest then ends at the caller's line
    from convcost.budget.check import check_rules
    from convcost.budget.explain import Explainer
    from convcost.budget.findings import of_verdict
    from convcost.budget.subjects import target
    from convcost.view import FAIL

    rules = _rules(limits, batch, dtype, input)
    result = check_rules(rules, target(spec))
    explainer = Explainer()
    found = [
        of_verdict(verdict, lambda v: explainer.reason(v, result.sides_of(v)))
        for verdict in result.verdicts
        if verdict.status == FAIL
    ]
    said = ["\n".join([f.text, *("  " + line for line in f.details)]) for f in found]
    if said:
        raise AssertionError(f"{spec} exceeds its budget\n" + "\n".join(said))


def _rules(
    limits: Mapping[str, Written | Mapping[str, Written]], batch: int, dtype: str, size: str | None
) -> tuple[Rule, ...]:
    """Return the limits as rules, read by the reader of budget files."""
    from dataclasses import replace

    from convcost.baseline.subject import Conditions
    from convcost.budget.read import short_rules
    from convcost.errors import Diagnostic, UsageError
    from convcost.spec.log import Log

    if not limits:
        raise UsageError(Diagnostic("CC607", "assert_budget needs a limit", hint='macs="4.2G"'))
    log = Log()
    rules = short_rules(_tree(limits), None, log)
    log.raise_if_any()
    conditions = Conditions(input=size, batch=batch, dtype=dtype)
    return tuple(replace(rule, conditions=conditions) for rule in rules)


def _tree(limits: Mapping[str, Written | Mapping[str, Written]]) -> Map:
    """Return keyword arguments as if they had been read from a budget."""
    from convcost.budget.model import BUDGET_METRICS
    from convcost.errors import Loc, Source
    from convcost.spec.tree import Map, Scalar

    units = {name: {"bytes": " B", "ratio": "x"}.get(m.unit, "") for name, m in BUDGET_METRICS.items()}
    loc = Loc(Source("assert_budget", ""), 1, 1)
    items = {name: _value(value, units.get(name, ""), loc) for name, value in limits.items()}
    return Map(items, {name: Scalar(name, loc) for name in items}, loc)


def _value(value: Written | Mapping[str, Written], unit: str, loc: Loc) -> Tree:
    from convcost.spec.tree import Map, Scalar

    if isinstance(value, str):
        return Scalar(value, loc)
    if isinstance(value, bool):
        return Scalar(str(value).lower(), loc)
    if isinstance(value, int):
        return Scalar(f"{value}{unit}", loc)
    inner = {str(key): _value(item, unit, loc) for key, item in value.items()}
    return Map(inner, {key: Scalar(key, loc) for key in inner}, loc)
