"""One rule out of its mapping: every key read, and what contradicts itself refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.budget import fields
from convcost.budget.model import BUDGET_METRICS, LEVELS, OF, POLICIES, Rule, Setting
from convcost.cost import DTYPES
from convcost.spec.log import Reported

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcost.errors import Loc
    from convcost.spec.log import Log
    from convcost.spec.tree import Map, Tree

LIMIT_KEYS = ("max", "min", "warn", "max_increase", "and_over")
SETTING_KEYS = ("variant", "input", "batch", "dtype")
JUDGED_KEYS = ("layers", "exclude", "of", "allow_empty", "level", "message", "policy")
SHORT_KEYS = (*LIMIT_KEYS, *JUDGED_KEYS, "input", "batch", "dtype")
KEYS = ("id", "metric", *LIMIT_KEYS, *JUDGED_KEYS, "specs", *SETTING_KEYS)

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
    setting = Setting(**{key: values.pop(key) for key in SETTING_KEYS if key in values})
    if "id" not in values or "metric" not in values:
        return None
    rule = Rule(loc=loc, setting=setting, **values)
    _check(rule, keys, log)
    return rule


def _read_limits(keys: dict[str, Tree], values: dict[str, Any], log: Log) -> None:
    unit = BUDGET_METRICS[values["metric"]].unit
    growth_only = "max_increase" in keys and "max" not in keys and "min" not in keys
    for key in LIMIT_KEYS:
        if key not in keys:
            continue
        grows = key == "max_increase" or (key == "warn" and growth_only)
        try:
            values[key] = (
                fields.increase(keys[key], key, log) if grows else fields.quantity(keys[key], key, unit, log)
            )
        except Reported:
            continue


def _check(rule: Rule, keys: dict[str, Tree], log: Log) -> None:
    """Report what contradicts itself, or would never be judged."""
    for key, wrong, message, hint in _contradictions(rule, keys):
        if wrong:
            log.add("CC607", message, keys[key].loc if key in keys else rule.loc, hint)
            return


def _contradictions(rule: Rule, keys: dict[str, Tree]) -> list[tuple[str, bool, str, str | None]]:
    """Return (key at fault, whether it is, sentence, hint), in the order of their weight."""
    metric, unit = rule.metric, rule.unit
    peak = metric == "peak_bytes"
    limited = any(key in keys for key in ("max", "min", "max_increase"))
    alone = "layers" not in keys
    return [
        ("id", not limited, f"rule {rule.id!r} has no limit: max, min or max_increase", None),
        *_warn_contradictions(rule, keys),
        ("min", _above(rule.min, rule.max), "min is above max: nothing can pass", None),
        ("and_over", "and_over" in keys and "max_increase" not in keys, "and_over needs max_increase", None),
        ("policy", "policy" in keys and not peak, f"{metric} has no policy; only peak_bytes has", None),
        (
            "policy",
            rule.policy == "fused" and not alone,
            "the fused peak is the whole network's: it has no layers",
            "leave out layers, or use policy: eager",
        ),
        *(
            (key, key in keys and alone, f"{key} needs layers", 'layers: "**" is all of them')
            for key in ("exclude", "of", "allow_empty")
        ),
        (
            "layers",
            not alone and rule.of == "sum" and unit != "count" and not metric.endswith("_bytes"),
            f"{metric} does not add up over layers",
            "use of: each",
        ),
        ("layers", not alone and rule.of == "sum" and peak, "peaks do not add up", "use of: max"),
        (
            "layers",
            not alone and rule.of == "max" and metric == "reduction_saving",
            "a single layer saves nothing by itself",
            "use of: each, with layers that name whole modules",
        ),
        (
            "max_increase",
            "max_increase" in keys and metric == "reduction_saving",
            "an increase of reduction_saving is an improvement",
            "use min:",
        ),
    ]


def _warn_contradictions(rule: Rule, keys: dict[str, Tree]) -> list[tuple[str, bool, str, str | None]]:
    warn, top = rule.warn, rule.max
    grows = warn is not None and top is None and rule.min is None
    if grows:
        top = rule.max_increase
    return [
        (
            "warn",
            "warn" in keys and "max" in keys and "min" in keys,
            "warn belongs to max or to min, not to both",
            "make two rules",
        ),
        ("warn", _above(warn, top), f"warn ({_text(warn)}) is above the limit ({_text(top)})", None),
        (
            "warn",
            top is None and _above(rule.min, warn),
            f"warn ({_text(warn)}) is below min ({_text(rule.min)})",
            None,
        ),
        (
            "warn",
            "warn" in keys and rule.level == "warn",
            "a rule of level: warn needs no warn",
            "leave out one of the two",
        ),
    ]


def _above(one: Any, other: Any) -> bool:
    return one is not None and other is not None and one.value > other.value


def _text(limit: Any) -> str:
    return limit.text if limit else ""
