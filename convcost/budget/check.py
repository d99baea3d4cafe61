"""Judging a whole budget: every rule against every network it holds for."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from convcost.budget.baseline import FOUND, INVALID, MISSING, Old, opened
from convcost.budget.jobs import Job, Planner
from convcost.budget.judge import EMPTY, Verdict, judge
from convcost.budget.networks import Network, Networks
from convcost.budget.raised import Raised, raised
from convcost.budget.read import own_rules, read_text
from convcost.errors import ConvcostError, Diagnostic, UsageError, suggest
from convcost.view import FAIL, PASS, SKIP, WARN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.budget.baseline import Before
    from convcost.budget.model import Baseline, Budget, Rule
    from convcost.budget.values import Figures, Value
    from convcost.errors import Loc


class Notice(NamedTuple):
    """Something a report must say besides verdicts. ``counts``: --strict takes it for a warning."""

    text: str
    loc: Loc | None = None
    counts: bool = True


class Pair(NamedTuple):
    """A network's figures, now and before (None: there is no before)."""

    new: Figures
    old: Figures | None
    why: str


@dataclass(slots=True)
class Result:
    """What came of a check."""

    baseline: str | None = None
    verdicts: list[Verdict] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    raises: list[Raised] = field(default_factory=list)
    errors: list[ConvcostError] = field(default_factory=list)
    pairs: dict[tuple[Network, object], Pair] = field(default_factory=dict)

    def code(self, *, strict: bool = False) -> int:
        """Return 2 where something could not be judged, 1 where a budget is exceeded, else 0."""
        if self.errors:
            return 2
        failed = any(verdict.status == FAIL for verdict in self.verdicts)
        warned = any(verdict.status == WARN for verdict in self.verdicts)
        return int(failed or (strict and (warned or any(notice.counts for notice in self.notices))))

    def pair(self, verdict: Verdict) -> Pair:
        """Return the figures a verdict was made from."""
        return self.pairs[verdict.network, verdict.rule.setting]


def check(
    budget: Budget | None,
    targets: Sequence[Network] = (),
    baseline: Baseline | None = None,
    only: Sequence[str] = (),
) -> Result:
    """Judge a budget file's rules and those that specs carry themselves.

    ``targets`` narrows the run to some networks, ``only`` to rules with these ids;
    ``baseline`` takes the place of the file's. Raises ConvcostError for what makes the
    whole run impossible; a spec that cannot be read is one of the result's ``errors``.
    """
    return _Check(budget, targets, baseline or (budget.baseline if budget else None), only).run()


def check_rules(rules: Sequence[Rule], network: Network) -> Result:
    """Judge rules about one network, without a baseline; raises ConvcostError if it cannot be read."""
    run = _Check(None, (), None, ())
    for rule in rules:
        run.result.verdicts += run.judged(Job(rule, network))
    for error in run.result.errors:
        raise error
    return run.result


def _only(jobs: list[Job], ids: Sequence[str]) -> list[Job]:
    """Narrow jobs to rules with these ids; an id that no rule has is an error."""
    known = dict.fromkeys(job.rule.id for job in jobs)
    for name in ids:
        if name not in known:
            hint = suggest(name, known) or f"there are {', '.join(known)}"
            raise UsageError(Diagnostic("CC604", f"no rule has the id {name!r}", hint=hint))
    return [job for job in jobs if job.rule.id in ids] if ids else jobs


class _Check:
    def __init__(
        self,
        budget: Budget | None,
        targets: Sequence[Network],
        baseline: Baseline | None,
        only: Sequence[str],
    ) -> None:
        self.only = only
        self.networks = Networks()
        self.budget = budget
        self.targets = targets
        self.baseline = baseline
        self.plan = Planner(budget, targets, self.networks)
        self.result = Result(str(baseline) if baseline else None)
        self.before: Before | None = None
        self._failed: set[tuple[Network, object]] = set()

    def run(self) -> Result:
        jobs = _only(self.plan.jobs(), self.only)
        self.result.errors += self.plan.errors
        self._open(jobs)
        for job in jobs:
            self.result.verdicts += self.judged(job)
        self._say_unjudged(jobs)
        self._compare_budgets()
        return self.result

    # --- the baseline --------------------------------------------------------------------

    def _open(self, jobs: Sequence[Job]) -> None:
        relative = next((job.rule for job in jobs if job.rule.max_increase), None)
        if self.baseline is None:
            if relative is not None:
                hint = "baseline: {source: git:origin/main}, or --baseline git:origin/main"
                message = f"rule {relative.id!r} has max_increase, and there is no baseline"
                raise UsageError(Diagnostic("CC607", message, relative.loc, hint))
            return
        folder = self.budget.folder if self.budget and self.baseline.loc else os.getcwd()
        self.before = opened(self.baseline, folder, self.networks, [job.network for job in jobs])
        if self.before.whole:
            self._missing(self.baseline, self.before.whole)

    def _missing(self, baseline: Baseline, why: str) -> None:
        message = f"the baseline {baseline} is missing: {why}"
        if baseline.on_missing == "error":
            hint = "on_missing: warn goes on without it"
            if baseline.kind == "git":
                remote, _, branch = baseline.argument.partition("/")
                fetch = f"git fetch --depth=1 {remote} {branch}" if branch else "git fetch"
                hint = f"a shallow clone may lack it: {fetch}; {hint}"
            raise UsageError(Diagnostic("CC609", message, baseline.loc, hint))
        if baseline.on_missing == "warn":
            self.result.notices.append(Notice(message, baseline.loc))

    # --- verdicts ------------------------------------------------------------------------

    def judged(self, job: Job) -> list[Verdict]:
        """Return the verdicts on one rule and network; what cannot be read is one of ``errors``."""
        key = (job.network, job.rule.setting)
        if key in self._failed:
            return []
        try:
            pair = self._pair(job)
        except ConvcostError as error:
            self._failed.add(key)
            self.result.errors.append(_asked_by(job.rule, error))
            return []
        return [verdict for name, _ in job.rule.limits for verdict in self._limit(job, name, pair)]

    def _pair(self, job: Job) -> Pair:
        rule, network = job
        saving = rule.metric == "reduction_saving"
        new = self.networks.figures(network, rule.setting, saving=saving)
        key = (network, rule.setting)
        known = self.result.pairs.get(key)
        if known is None:
            old = self.before.figures(network, rule.setting) if self.before else Old(MISSING)
            if old.status in (INVALID, MISSING) and self.before and not self.before.whole:
                self._say_missing(network, old)
            known = Pair(new, old.figures if old.status == FOUND else None, old.why)
            self.result.pairs[key] = known
        return known._replace(new=new)

    def _say_missing(self, network: Network, old: Old) -> None:
        """Name a network whose baseline cannot be had; an invalid one must not keep its repair out."""
        text = f"{network.label}: {old.why}; it counts as missing"
        if all(notice.text != text for notice in self.result.notices):
            self.result.notices.append(Notice(text, counts=old.status == MISSING))

    def _limit(self, job: Job, key: str, pair: Pair) -> list[Verdict]:
        rule, network = job
        values = pair.new.values(rule, lowest=key == "min")
        if not values:
            globs = ", ".join(rule.layers)
            why = f"no layer matches {globs}" + (" outside exclude" if rule.exclude else "")
            return [Verdict(rule, network, EMPTY, PASS if rule.allow_empty else FAIL, why=why)]
        if key != "max_increase":
            return [self._with_old(judge(rule, network, key, value), pair) for value in values]
        return [self._growth(rule, network, value, pair) for value in values]

    def _with_old(self, verdict: Verdict, pair: Pair) -> Verdict:
        if pair.old is None or verdict.value is None or verdict.rule.metric == "reduction_saving":
            return verdict
        return verdict._replace(old=pair.old.at(verdict.rule, verdict.value))

    def _growth(self, rule: Rule, network: Network, value: Value, pair: Pair) -> Verdict:
        old = pair.old.at(rule, value) if pair.old else None
        if old is not None:
            return judge(rule, network, "max_increase", value, old)
        why = pair.why or "these layers are new"
        return Verdict(rule, network, "max_increase", SKIP, rule.max_increase, value, why=why)

    def _say_unjudged(self, jobs: Sequence[Job]) -> None:
        """Never pass in silence: a network no rule holds for is named, and nothing at all is an error."""
        judged = {(job.network.path, job.network.ref.spec) for job in jobs}
        for network in self.targets:
            if (network.path, network.ref.spec) not in judged and not self.result.errors:
                self.result.notices.append(Notice(f"no rule holds for {network.label}"))
        if not jobs and not self.result.errors:
            hint = "name specs that a rule covers, or run: convcost budget init"
            raise UsageError(Diagnostic("CC601", "there is no rule to check", hint=hint))

    # --- the budget itself ---------------------------------------------------------------

    def _compare_budgets(self) -> None:
        """Note limits that are laxer than at the baseline."""
        if self.before is None or self.before.whole:
            return
        if self.budget is not None:
            self._compare_file(self.budget)
        for network, rules in self.plan.own.items():
            data = self.before.text(network.path) if network.path else None
            if data is not None:
                self._compare_own(network, rules, data)

    def _compare_file(self, budget: Budget) -> None:
        path = os.path.join(budget.folder, os.path.basename(budget.source.name))
        data = self.before.text(path) if self.before else None
        if data is None or data == budget.source.text.encode():
            return
        try:
            old = read_text(data, f"{self.before and self.before.name}:{budget.source.name}", budget.folder)
        except ConvcostError as error:
            text = f"the budget file at {self.before and self.before.name} is itself invalid"
            self.result.notices.append(Notice(f"{text}: {error.diagnostics[0].message}", counts=False))
            return
        self.result.raises += raised(old.rules, budget.rules)

    def _compare_own(self, network: Network, rules: dict[str | None, tuple[Rule, ...]], data: bytes) -> None:
        try:
            old = own_rules(data, network.ref.spec) if b"budget" in data else {}
        except ConvcostError:
            return  # an invalid baseline spec has been named already
        for variant, before in old.items():
            label = network._replace(ref=network.ref._replace(variant=variant)).label
            found = raised(before, rules.get(variant, ()))
            self.result.raises += [change._replace(rule=f"{label} {change.rule}") for change in found]


def _asked_by(rule: Rule, error: ConvcostError) -> ConvcostError:
    """Return an error that also says which rule asked for the network."""
    if rule.setting.variant is None and rule.setting.input is None:
        return error
    first, *others = error.diagnostics
    note = f"asked for by rule {rule.id!r} at {rule.loc}"
    return type(error)(replace(first, notes=(*first.notes, note)), *others)
