"""Stored outputs as baselines: the document with anything in any place, and bytes that are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from convcost.budget.model import BUDGET_METRICS
from tests.fuzz import budgets
from tests.fuzz.place import baseline
from tests.fuzz.text import NUMBERS, bytes_of, mangled, word

if TYPE_CHECKING:
    from random import Random

_VALUES: tuple[Any, ...] = (
    *(0, 1, -1, 7, 2**63, 10**30, 10**199, 10**201, 10**1999, 10**4000, 1.5, float("inf"), float("nan")),
    *(True, False, None, [], {}, [[]], {"a": 1}, "", "1/0", "0/1", "-3/2", "1/" + "9" * 1500, "1e99999999"),
    *(*NUMBERS, "nets/tiny.yaml", "body", "conv", "float32", "\ud800", "\x1b[31m", "x" * 5000),
)
_GROWTH = """\
convcost_budget: 1
specs: [nets/tiny.yaml]
baseline: file:old.json
budgets:
""" + "".join(
    f"  - {{id: {metric}, metric: {metric}, max_increase: +2%}}\n"
    for metric in BUDGET_METRICS
    if metric != "reduction_saving"
)


def draw(random: Random) -> bytes:
    """Return a stored output's bytes."""
    kind = random.random()
    if kind < 0.05:
        return random.choice((b"[" * 100_000, b"{}", b"null", b"1" * 5000, b"", b"\xff", b'{"a":' * 5000))
    if kind < 0.25:
        return bytes_of(mangled(baseline(), random), random)
    document = json.loads(baseline())
    for _ in range(1 + int(random.expovariate(1))):
        _change(document, random)
    return json.dumps(document).encode()


def _change(tree: Any, random: Random) -> None:
    """Change one place of a document, any depth down."""
    while True:
        keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
        if not keys:
            return
        key = random.choice(keys)
        below = tree[key]
        if not isinstance(below, dict | list) or not below or random.random() < 0.1:
            break
        tree = below
    kind = random.random()
    if kind < 0.7:
        tree[key] = random.choice(_VALUES) if random.random() < 0.9 else word(random)
    elif kind < 0.85:
        del tree[key]
    elif isinstance(tree, list):
        tree.insert(key, random.choice((below, *_VALUES)))
    else:
        tree[word(random)] = below


def judge(data: bytes) -> list[str]:
    """Hold the networks here to a budget against this baseline."""
    with open("old.json", "wb") as file:
        file.write(data)
    return budgets.judge(_GROWTH.encode(), ("table", "json"))
