"""One rule out of its mapping: every key read, and what contradicts itself refused."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.baseline.subject import Conditions
from convcost.budget import fields
from convcost.budget.model import BUDGET_METRICS, LEVELS, LIMITS, OF, POLICIES, Rule
from convcost.cost import DTYPES
from convcost.spec.log import Reported

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from convcost.budget.model import Limit
    from convcost.errors import Loc
    from convcost.spec.log import Log
    from convcost.spec.tree import Map, Tree

LIMIT_KEYS = ("max", "min", "warn", "max_increase", "and_over")
CONDITION_KEYS = ("variant", "input", "batch", "dtype")
JUDGED_KEYS = ("layers", "exclude", "of", "allow_empty", "level", "message", "policy")
SHORT_KEYS = (*LIMIT_KEYS, *JUDGED_KEYS, "input", "batch", "dtype")
KEYS = ("id", "metric", *LIMIT_KEYS, *JUDGED_KEYS, "specs", *CONDITION_KEYS)

_READ: dict[str, Callable[[Tree, Log], Any]] = {
    "id": fields.identifier,
    "metric": fields.metric,
    "layers": lambda tree, log: fields.globs(tree, "layers", log),
    "exclude": lambda tree, log: fields.globs(tree, "exclude", log),
    "of": lambda tree, log: fields.choice(tree, "of", OF, log),
    "allow_empty": lambda tree, log: fields.flag(tree, "allow_empty", log),
    "level": lambda tree, log: fields.choice(tree, "level", LEVELS, log),
    "message": lambda tree, log: fields.text(tree, "message", log),
    "policy": lambda tree, log: fields.choice(tree, "policy", POLICIES, log),
    "specs": lambda tree, log: fields.patterns(tree, "specs", log),
    "variant": lambda tree, log: fields.text(tree, "variant", log),
    "input": fields.size,
    "batch": fields.batch,
    "dtype": lambda tree, log: fields.choice(tree, "dtype", DTYPES, log),
}


def read_rule(tree: Map, log: Log) -> Rule | None:
    """Return a rule of a budget file; None where its mistakes are in the log."""
    keys = fields.known(tree, KEYS, "a rule", log)
    before = len(log)
    for key in ("id", "metric"):
        if key not in keys:
            log.add("CC602", f"a rule needs {key}:", tree.loc)
    rule = _rule(keys, tree.loc, log) if len(log) == before else None
    return rule if len(log) == before else None


def short_rule(metric: str, tree: Map, loc: Loc, log: Log) -> Rule | None:
    """Return a rule of a spec's ``budget:``, where the metric is the key."""
    keys = fields.known(tree, SHORT_KEYS, f"budget: {metric}", log)
    before = len(log)
    rule = _rule(keys, loc, log, id=metric, metric=metric, own=True)
    return rule if len(log) == before else None


def _rule(keys: dict[str, Tree], loc: Loc, log: Log, **given: Any) -> Rule | None:
    values = {**given}
    for key, tree in keys.items():
        try:
            if key in _READ:
                values[key] = _READ[key](tree, log)
        except Reported:
            continue
    if "metric" in values:
        _read_limits(keys, values, log)
    conditions = Conditions(**{key: values.pop(key) for key in CONDITION_KEYS if key in values})
    if "id" not in values or "metric" not in values:
        return None
    rule = Rule(loc=loc, conditions=conditions, **values)
    _check(rule, keys, log)
    return rule


def _read_limits(keys: dict[str, Tree], values: dict[str, Any], log: Log) -> None:
    unit = BUDGET_METRICS[values["metric"]].unit
    growth_only = "max_increase" in keys and "max" not in keys and "min" not in keys
    for key in (key for key in LIMIT_KEYS if key in keys):
        tree = keys[key]
        try:
            if key == "max_increase" or (key == "warn" and growth_only):
                values[key] = fields.increase(tree, key, unit, log)
            elif key == "warn":
                values[key] = fields.warning(tree, values.get("max", values.get("min")), unit, log)
            else:
                values[key] = fields.quantity(tree, key, unit, log)
        except Reported:
            continue


class _Mistake(NamedTuple):
    """What contradicts itself in a rule: the key at fault, a sentence and a hint."""

    key: str
    message: str
    hint: str | None = None


def _check(rule: Rule, keys: dict[str, Tree], log: Log) -> None:
    """Report the first thing that contradicts itself, or would never be judged."""
    found = next(chain(_of_limits(rule, keys), _of_warn(rule, keys), _of_layers(rule, keys)), None)
    if found is not None:
        loc = keys[found.key].loc if found.key in keys else rule.loc
        log.add("CC607", found.message, loc, found.hint)


def _of_limits(rule: Rule, keys: Container[str]) -> Iterator[_Mistake]:
    if not any(key in keys for key in LIMITS):
        yield _Mistake("id", f"rule {rule.id!r} has no limit: max, min or max_increase")
    if _above(rule.min, rule.max):
        yield _Mistake("min", "min is above max: nothing can pass")
    amount = rule.max_increase is not None and not rule.max_increase.in_percent
    if "and_over" in keys and ("max_increase" not in keys or amount):
        yield _Mistake("and_over", "and_over needs a max_increase in %")
    if "max_increase" in keys and rule.metric == "reduction_saving":
        yield _Mistake("max_increase", "an increase of reduction_saving is an improvement", "use min:")
    if "policy" in keys and rule.metric != "peak_bytes":
        yield _Mistake("policy", f"{rule.metric} has no policy; only peak_bytes has")


def _of_warn(rule: Rule, keys: Container[str]) -> Iterator[_Mistake]:
    top = rule.max_increase if rule.growth_only else rule.max
    if "warn" in keys and "max" in keys and "min" in keys:
        yield _Mistake("warn", "warn goes with max or with min, not with both", "make two rules")
    if rule.growth_only and rule.warn and top and rule.warn.in_percent != top.in_percent:
        yield _Mistake("warn", "warn and max_increase are both in %, or both amounts")
    elif _above(rule.warn, top):
        yield _Mistake("warn", f"warn ({_text(rule.warn)}) is above the limit ({_text(top)})")
    if rule.max is None and _above(rule.min, rule.warn):
        yield _Mistake("warn", f"warn ({_text(rule.warn)}) is below min ({_text(rule.min)})")
    if "warn" in keys and rule.level == "warn":
        yield _Mistake("warn", "a rule with level: warn needs no warn:", "leave out one of the two")


def _of_layers(rule: Rule, keys: Container[str]) -> Iterator[_Mistake]:
    if "layers" not in keys:
        for key in ("exclude", "of", "allow_empty"):
            if key in keys:
                yield _Mistake(key, f"{key} needs layers", 'layers: "**" is all of them')
        return
    if rule.policy == "fused":
        message = "the fused peak is the whole network's: it has no layers"
        yield _Mistake("policy", message, "leave out layers, or use policy: eager")
    if rule.of == "sum" and rule.metric == "peak_bytes":
        yield _Mistake("layers", "peaks do not add up", "use of: max")
    elif rule.of == "sum" and BUDGET_METRICS[rule.metric].rollup != "sum":
        yield _Mistake("layers", f"{rule.metric} does not add up over layers", "use of: each")
    if rule.of == "max" and rule.metric == "reduction_saving":
        hint = "use of: each, with layers that name whole modules"
        yield _Mistake("layers", "a single layer saves nothing by itself", hint)


def _above(one: Limit | None, other: Limit | None) -> bool:
    return one is not None and other is not None and one.value > other.value


def _text(limit: Limit | None) -> str:
    return limit.text if limit else ""
