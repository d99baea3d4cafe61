"""A check whose names and messages try to break every report format."""

from __future__ import annotations

from convcost.baseline.source import parse_baseline
from convcost.budget.check import check
from convcost.budget.explain import Explainer
from convcost.budget.findings import findings
from convcost.budget.read import read_text
from tests.budget.repository import TINY, Repo

NAME = "nets/a|b`c %0A ]]> @all <!-- $(x) & 'q' *_\x1b[31m\u202e.yaml"
MESSAGE = "'red | `code` %0A::error::x ]]> @all <img src=x> --> next & $x *b* _i_ \\x1b[0m'"


def repository(path) -> Repo:
    """Return a repository whose spec grew, under a budget with hostile words."""
    repo = Repo(path)
    repo.write(NAME, TINY)
    rules = (
        f"id: total, metric: macs, max: 3M, warn: 2.9M, message: {MESSAGE}",
        f"id: creep, metric: macs, max_increase: +2%, message: {MESSAGE}",
        'id: wide, metric: macs, layers: "**", exclude: fc, of: each, max: 900k, level: warn, message: Hm.',
        'id: none, metric: macs, layers: "@all|`*%0A]]>", max: 1',
        "id: fine, metric: params, max: 10k",
    )
    repo.budget(*rules, head='specs: ["nets/*.yaml"]\n')
    repo.commit()
    repo.write(NAME, TINY.replace("kernel: 3}", "kernel: 5}", 1))
    repo.write("nets/new.yaml", TINY)
    repo.write("nets/wrong @all `|%0A]]>.yaml", TINY.replace("conv:", "convv:", 1))
    repo.budget(*(rule.replace("900k", "1M") for rule in rules), head='specs: ["nets/*.yaml"]\n')
    return repo


def result(repo: Repo):
    """Return the check's result and its findings."""
    path = repo.path / "convcost.budget.yaml"
    budget = read_text(path.read_bytes(), "convcost.budget.yaml", str(repo.path))
    found = check(budget, (), parse_baseline("git:main"))
    explainer = Explainer()
    return found, findings(found, lambda verdict: explainer.reason(verdict, found.sides_of(verdict)))
