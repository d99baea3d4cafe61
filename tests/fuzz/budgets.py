"""Budget files: shipped ones mangled, rules with any key and value, and what stands around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.budget.check import check
from convcost.budget.explain import Explainer
from convcost.budget.model import BUDGET_METRICS
from convcost.budget.read import read_text
from convcost.budget.rules import KEYS
from convcost.cli._check_reports import FORMATS, Reporter
from convcost.errors import ConvcostError
from tests.fuzz.place import BUDGET
from tests.fuzz.text import GLOBS, NAMES, NUMBERS, REFS, bytes_of, mangled, soup, word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

_GOOD = {
    "max": ("1", "199.9", "1k", "12 KiB", "1.5x", "1000000T", "0"),
    "min": ("1", "0.5", "1 B", "1.5x", "0"),
    "warn": ("1", "0.5k", "+1%", "90%"),
    "max_increase": ("+2%", "+0%", "+0.001%", "100k", "1 KiB"),
    "and_over": ("5k", "1 B", "0"),
    "of": ("sum", "each", "max"),
    "policy": ("eager", "fused"),
    "level": ("warn", "error"),
    "allow_empty": ("true", "false"),
    "batch": ("1", "3", "999999999"),
    "dtype": ("float32", "int8", "bfloat16"),
    "input": ("3x16x16", "[3, 8, 8]"),
    "variant": ("wide", "none"),
    "layers": ('"**"', '"*"', "body", '"stem.*"'),
    "exclude": ('"stem.**"', "body"),
}


def draw(random: Random) -> bytes:
    """Return a budget file's bytes."""
    kind = random.random()
    if kind < 0.05:
        return random.randbytes(random.randrange(1, 60))
    if kind < 0.15:
        return bytes_of(soup(random), random)
    if kind < 0.6:
        return bytes_of(mangled(BUDGET, random), random)
    return bytes_of(_rules(random), random)


def _rules(random: Random) -> str:
    """Return a file of the right form, whose rules mean anything."""
    source = random.choice(("file:old.json", "spec:tiny.yaml", "spec:tiny.yaml@wide", *REFS[-12:]))
    baseline = f"baseline: {{source: {source!r}, on_missing: {random.choice(('warn', 'skip', 'error'))}}}\n"
    specs = random.choice(("nets/*.yaml", "tiny.yaml", "lenet", "*.yaml", *NAMES))
    lines = "".join(f"  - {{id: r{i}, {_rule(random)}}}\n" for i in range(random.randrange(1, 4)))
    return f"convcost_budget: 1\nspecs: [{specs!r}]\n{baseline * (random.random() < 0.8)}budgets:\n{lines}"


def _rule(random: Random) -> str:
    metric = random.choice(tuple(BUDGET_METRICS))
    unit = {"bytes": " KiB", "ratio": "x"}.get(BUDGET_METRICS[metric].unit, "")
    keys = {"metric": metric, "max": random.choice(("1", "199.9", "0", "1000")) + unit}
    for key in random.sample(KEYS[2:], random.choice((0, 0, 1, 1, 2, 3, 5))):
        good = _GOOD.get(key, ("x",))
        keys[key] = random.choice(good) if random.random() < 0.7 else repr(_any(random))
    return ", ".join(f"{key}: {value}" for key, value in keys.items())


def _any(random: Random) -> str:
    return random.choice((random.choice(NUMBERS), random.choice(GLOBS), word(random)))


def judge(data: bytes, forms: Sequence[str] = FORMATS) -> list[str]:
    """Read a budget file here, hold the networks to it and write every report; return the codes."""
    try:
        result = check(read_text(data, "convcost.budget.yaml", "."))
    except ConvcostError as error:
        return [d.code for d in error.diagnostics]
    explainer = Explainer()
    for verdict in result.verdicts:
        explainer.reason(verdict, result.sides_of(verdict))
    reporter = Reporter(result, code=result.code(), strict=False, color="never")
    for form in forms:
        reporter.text(form, "-")
    return [f"{len(result.verdicts)} verdicts"]
