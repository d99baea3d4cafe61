"""``convcost diff``."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from convcost.cli._options import look_options, metric_option, settings_options
from convcost.cli._output import Outcome, Terminal, shown
from convcost.cli._specs import each
from convcost.cli.check import budget_of
from convcost.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcost.budget.baseline import Before
    from convcost.budget.model import Baseline, Budget, Setting
    from convcost.budget.networks import Network, Networks
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
@metric_option("What layers are compared by.")
@settings_options
@look_options
def command(*, old: str, specs: tuple[str, ...], metric: str, settings: Settings, look: Look) -> Outcome:
    """Show what changed, layer by layer, from A to B.

    A is git:REF, file:x.json or a spec; B are specs (all of the budget file where A is a
    source and B is left out). A spec alone is compared to the budget file's baseline, else
    to git:HEAD.
    """
    from convcost.budget.networks import Networks
    from convcost.views.diff import plain, view

    budget = budget_of(None)
    baseline, names = _sides(old, specs, budget)
    networks = Networks()
    every = _networks(names, budget, settings)
    work = _comparer(baseline, budget, networks, every, settings)
    done, failures = each(every, work, look.color)
    views = [view(compared, metric) for _, compared in done] if look.format != "json" else []
    terminal = Terminal.of(sys.stdout, look.color)
    out = shown(views, look.format, terminal, lambda: _document([plain(c) for _, c in done])) if done else ""
    return Outcome(out, *failures)


def _sides(old: str, specs: tuple[str, ...], budget: Budget | None) -> tuple[Baseline, tuple[str, ...]]:
    """Return the baseline and the specs to compare to it."""
    from convcost.budget.fields import KINDS
    from convcost.budget.model import Baseline
    from convcost.budget.read import baseline_option

    if old.partition(":")[0] in KINDS and ":" in old:
        return baseline_option(old), specs
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


def _networks(names: tuple[str, ...], budget: Budget | None, settings: Settings) -> dict[str, Network]:
    """Return the networks to compare, by what people call them."""
    from convcost.budget.jobs import Planner, target
    from convcost.budget.networks import Networks

    found = [target(name) for name in names] or Planner(budget, (), Networks()).specs()
    if not found:
        hint = "convcost diff git:origin/main nets/a.yaml"
        raise UsageError(Diagnostic("CC608", "there is no spec to compare", hint=hint))
    sets = tuple(settings.sets.items())
    networks = [
        n._replace(ref=n.ref._replace(sets=n.ref.sets + sets, input=settings.input or n.ref.input))
        for n in found
    ]
    return {network.label: network for network in networks}


def _comparer(
    baseline: Baseline,
    budget: Budget | None,
    networks: Networks,
    every: dict[str, Network],
    settings: Settings,
) -> Callable[[str], Compared]:
    from convcost.budget.baseline import opened
    from convcost.budget.model import Setting

    folder = budget.folder if budget and baseline.loc else os.getcwd()
    before = opened(baseline, folder, networks, every.values())
    if before.whole:
        raise UsageError(
            Diagnostic("CC609", f"the baseline {baseline} is missing: {before.whole}", baseline.loc)
        )
    setting = Setting(batch=settings.batch, dtype=settings.dtype)
    return lambda label: _compared(label, every[label], before, networks, setting)


def _compared(label: str, network: Network, before: Before, networks: Networks, setting: Setting) -> Compared:
    from convcost.engine.delta import delta
    from convcost.views.diff import Compared

    new = networks.figures(network, setting).report
    was = before.figures(network, setting)
    if was.figures is None:
        return Compared(label, before.name, new, None, None, was.why)
    old = was.figures.report
    return Compared(label, before.name, new, old, delta(old, new))


def _document(networks: list[dict[str, object]]) -> dict[str, object]:
    from convcost.version import __version__

    return {"schema_version": 1, "convcost": __version__, "diff": networks}
