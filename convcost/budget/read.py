"""Budget files and the ``budget:`` of specs, read by the strict reader that specs are read by."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from convcost.budget import fields
from convcost.budget.model import FILE_NAME, ON_MISSING, VERSION, Budget
from convcost.budget.rules import read_rule, short_rule
from convcost.errors import Diagnostic, Loc, Source, SpecError
from convcost.spec.document import parse_document
from convcost.spec.locate import SpecRef, read_bytes
from convcost.spec.log import Log, Reported
from convcost.spec.read import decode, read
from convcost.spec.tree import Map, Scalar, Seq, describe

if TYPE_CHECKING:
    from convcost.baseline.source import Baseline
    from convcost.budget.model import Pattern, Rule
    from convcost.spec.tree import Tree

HEAD = ("convcost_budget", "specs", "baseline", "budgets")


def find(start: str) -> str | None:
    """Return the budget file of a folder: in it or above, up to the repository's root."""
    folder = os.path.abspath(start)
    while True:
        path = os.path.join(folder, FILE_NAME)
        if os.path.isfile(path):
            return path
        parent = os.path.dirname(folder)
        if os.path.exists(os.path.join(folder, ".git")) or parent == folder:
            return None
        folder = parent


def read_budget(path: str) -> Budget:
    """Return the budget in a file; raises SpecError with every mistake found."""
    shown = os.path.relpath(path)
    name = path if shown.startswith("..") else shown
    _, data = read_bytes(SpecRef(path if "/" in path else f"./{path}"))
    return read_text(data, name, os.path.dirname(os.path.abspath(path)))


def read_text(data: bytes, name: str, folder: str) -> Budget:
    """Return the budget in a text; paths in it start at ``folder``."""
    if not data.strip():
        raise SpecError(Diagnostic("CC601", "the budget file is empty", Loc(Source(name, ""), 1, 1)))
    log = Log()
    source = decode(data, name)
    tree = read(source, log)
    if not isinstance(tree, Map):
        log.add("CC602", f"a budget file must be a mapping, found {describe(tree)}", tree.loc)
        raise log.error()
    budget = _File(log).budget(tree, source, folder)
    log.raise_if_any()
    return budget


class _File:
    """Reads the head of a budget file and hands each rule on."""

    def __init__(self, log: Log) -> None:
        self.log = log

    def budget(self, tree: Map, source: Source, folder: str) -> Budget:
        """Return the whole."""
        top = fields.known(tree, HEAD, "a budget file", self.log)
        self._version(top.get("convcost_budget"), tree)
        specs = self._specs(top.get("specs"))
        baseline = self._baseline(top.get("baseline"))
        rules = self._rules(top.get("budgets"), tree)
        if "specs" not in top:
            for rule in (rule for rule in rules if rule.specs is None):
                self.log.add("CC602", f"rule {rule.id!r} has no specs, and the file has none", rule.loc)
        return Budget(source, folder, specs, baseline, rules)

    def _version(self, given: Tree | None, tree: Map) -> None:
        if given is None:
            self.log.add("CC602", f"convcost_budget: {VERSION} is missing (the version)", tree.loc)
        elif not (isinstance(given, Scalar) and given.text == VERSION):
            self.log.add("CC602", f"this is version {VERSION} of budget files", given.loc)

    def _specs(self, tree: Tree | None) -> tuple[Pattern, ...]:
        try:
            return fields.patterns(tree, "specs", self.log) if tree else ()
        except Reported:
            return ()

    def _baseline(self, tree: Tree | None) -> Baseline | None:
        if tree is None:
            return None
        try:
            if isinstance(tree, Scalar):
                return fields.baseline(tree, "error", self.log)
            return self._long_baseline(tree)
        except Reported:
            return None

    def _long_baseline(self, tree: Tree) -> Baseline | None:
        if not isinstance(tree, Map):
            raise self.log.add("CC602", f"baseline: must be a mapping, found {describe(tree)}", tree.loc)
        keys = fields.known(tree, ("source", "on_missing"), "baseline", self.log)
        if "source" not in keys:
            raise self.log.add("CC602", "baseline: needs source:", tree.loc)
        missing = "error"
        if "on_missing" in keys:
            missing = fields.choice(keys["on_missing"], "on_missing", ON_MISSING, self.log)
        return fields.baseline(keys["source"], missing, self.log)

    def _rules(self, tree: Tree | None, top: Map) -> tuple[Rule, ...]:
        if not isinstance(tree, Seq) or not tree.items:
            loc = tree.loc if tree else top.loc
            self.log.add("CC602", "budgets: must be a list of at least one rule", loc)
            return ()
        rules: dict[str, Rule] = {}
        for item in tree.items:
            if not isinstance(item, Map):
                self.log.add("CC602", f"a rule must be a mapping, found {describe(item)}", item.loc)
                continue
            rule = read_rule(item, self.log)
            if rule is None:
                continue
            if rule.id in rules:
                note = (f"first given at line {rules[rule.id].loc.line}",)
                where = item.items["id"].loc if "id" in item.items else item.loc
                self.log.add("CC606", f"duplicate rule id {rule.id!r}", where, notes=note)
            rules.setdefault(rule.id, rule)
        return tuple(rules.values())


def own_rules(data: bytes, name: str) -> dict[str | None, tuple[Rule, ...]]:
    """Return the rules a spec carries itself, by variant (None: the spec as written).

    Raises SpecError with every mistake in them, and in the form of the spec.
    """
    log = Log()
    try:
        document = parse_document(read(decode(data, name), log), log)
    except Reported:
        raise log.error() from None  # noqa: TRY400  (our log of mistakes, not logging's)
    trees: dict[str | None, Tree] = {None: document.budget} if document.budget else {}
    trees.update({v: tree["budget"] for v, tree in document.variants.items() if "budget" in tree})
    found = {variant: short_rules(tree, variant, log) for variant, tree in trees.items()}
    log.raise_if_any()
    return found


def short_rules(tree: Tree, variant: str | None, log: Log) -> tuple[Rule, ...]:
    """Return the rules of ``{macs: 4.2G, peak_bytes: {max: 12 MiB}}``, for a variant of their spec."""
    if isinstance(tree, Scalar) and tree.null:
        return ()
    if not isinstance(tree, Map):
        message = f"budget: must map metrics to limits, found {describe(tree)}"
        log.add("CC602", message, tree.loc, "budget: {macs: 4.2G, peak_bytes: 12 MiB}")
        return ()
    rules = []
    for key, value in tree.items.items():
        try:
            metric = fields.metric(tree.keys[key], log)
        except Reported:
            continue
        limits = value if isinstance(value, Map) else Map({"max": value}, {"max": tree.keys[key]}, value.loc)
        rule = short_rule(metric, limits, tree.keys[key].loc, log)
        if rule is not None:
            rules.append(rule.for_variant(variant))
    return tuple(rules)
