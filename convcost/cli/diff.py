"""``convcost diff``."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from convcost.cli._options import full_option, look_options, metric_option, settings_options
from convcost.cli._output import Outcome, Terminal, shown
from convcost.cli._specs import each
from convcost.cli.check import budget_of
from convcost.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcost.baseline.before import Before
    from convcost.baseline.reports import Reports
    from convcost.baseline.source import Baseline
    from convcost.baseline.subject import Conditions, Subject
    from convcost.budget.model import Budget
    from convcost.cli._options import Look, Settings
    from convcost.views.diff import Compared


@click.command(
    epilog="""\b
Examples:
  convcost diff git:origin/main nets/edge.yaml
  convcost diff nets/old.yaml nets/new.yaml --metric peak_bytes
  convcost diff git:HEAD~1
"""
)
@click.argument("old", metavar="A")
@click.argument("specs", nargs=-1, metavar="[B]...")
@metric_option("Metric by which layers are compared.")
@full_option
@settings_options
@look_options
def command(  # noqa: PLR0913  (one parameter per option)
    *, old: str, specs: tuple[str, ...], metric: str, full: bool, settings: Settings, look: Look
) -> Outcome:
    """Show what changed, layer by layer, from A to B.

    A is git:REF, file:x.json or a spec; B are specs. If A is a git ref or a file and there
    is no B, all specs of the budget file are compared with it. A spec alone is compared
    with the budget file's baseline, or else with git:HEAD.
    """
    from convcost.to_json.diff import diff as to_json
    from convcost.views.diff import view

    budget = budget_of(None)
    baseline, names = _sides(old, specs, budget)
    every = _subjects(names, budget, settings)
    work = _comparer(baseline, budget, every, settings)
    done, failures = each(every, work, look.color)
    views = [view(compared, metric, full=full) for _, compared in done] if look.format != "json" else []
    terminal = Terminal.of(sys.stdout, look.color)
    out = shown(views, look.format, terminal, lambda: to_json(c for _, c in done)) if done else ""
    return Outcome(out, *failures)


def _sides(old: str, specs: tuple[str, ...], budget: Budget | None) -> tuple[Baseline, tuple[str, ...]]:
    """Return the baseline and the specs to compare to it."""
    from convcost.baseline.source import Baseline, is_baseline, parse_baseline

    if is_baseline(old):
        return parse_baseline(old), specs
    if specs:
        _check_old(old)
        return Baseline("spec", old), specs
    standing = budget.baseline if budget else None
    return standing or Baseline("git", "HEAD"), (old,)


def _check_old(old: str) -> None:
    """Refuse an A that names no spec: it is probably a git ref."""
    from convcost.spec import shipped
    from convcost.spec.locate import STDIN, parse_ref
    from convcost.spec.misnamed import variant

    spec = parse_ref(old).spec
    if spec == STDIN or spec in shipped.names() or os.path.exists(spec):
        return
    if spec.endswith((".yaml", ".yml")):  # a path with a typo; reading it says so
        return
    found = variant(spec)
    hint = f"did you mean {found!r}?" if found else f"a git ref is written git:{old}"
    raise UsageError(Diagnostic("CC101", f"there is no spec {old!r}", hint=hint))


def _subjects(names: tuple[str, ...], budget: Budget | None, settings: Settings) -> dict[str, Subject]:
    """Return the networks to compare, by what people call them."""
    from convcost.budget.subjects import Subjects, target

    found = [target(name) for name in names] or Subjects(budget).every()
    if not found:
        hint = "convcost diff git:origin/main nets/a.yaml"
        raise UsageError(Diagnostic("CC608", "there is no spec to compare", hint=hint))
    sets = tuple(settings.sets.items())
    size = settings.input
    refs = [
        s.ref._replace(sets=s.ref.sets + sets, input=s.ref.input if size is None else size) for s in found
    ]
    subjects = [subject._replace(ref=ref) for subject, ref in zip(found, refs, strict=True)]
    return {subject.label: subject for subject in subjects}


def _comparer(
    baseline: Baseline, budget: Budget | None, every: dict[str, Subject], settings: Settings
) -> Callable[[str], Compared]:
    from convcost.baseline.before import opened
    from convcost.baseline.reports import Reports
    from convcost.baseline.subject import Conditions

    reports = Reports()
    folder = budget.folder if budget and baseline.loc else os.getcwd()
    before = opened(baseline, folder, reports, every.values())
    if before.whole:
        raise UsageError(
            Diagnostic("CC609", f"the baseline {baseline} is missing: {before.whole}", baseline.loc)
        )
    conditions = Conditions(batch=settings.batch, dtype=settings.dtype)
    return lambda label: _compared(label, every[label], before, reports, conditions)


def _compared(
    label: str, subject: Subject, before: Before, reports: Reports, conditions: Conditions
) -> Compared:
    from convcost.engine.delta import delta
    from convcost.views.diff import Compared

    new = reports.report(subject, conditions)
    was = before.report(subject, conditions)
    if was.report is None:
        return Compared(label, before.name, new, None, None, was.why)
    return Compared(label, before.name, new, was.report, delta(was.report, new))
