"""``convcost budget init`` and ``convcost budget tighten``."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

import click

from convcost.cli._click import Group, ParamType
from convcost.cli._files import write
from convcost.cli._options import FileType, SpecType
from convcost.cli._output import Outcome, Terminal, diagnosed
from convcost.cli._specs import each
from convcost.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from convcost.report import Report
    from convcost.units import Exact


class Margin(NamedTuple):
    """A share, and the text that was written for it."""

    share: Exact
    text: str


class MarginType(ParamType[Margin]):
    """A share of today's cost: ``5%``."""

    name = "percent"

    def convert(
        self, value: str | Margin, param: click.Parameter | None, ctx: click.Context | None
    ) -> Margin:
        """Read it before anything else is done."""
        from convcost.units import QuantityError, parse_share

        if isinstance(value, Margin):
            return value
        try:
            return Margin(parse_share(value), value.strip())
        except QuantityError as error:
            self.fail(f"{error.message}; {error.hint}" if error.hint else error.message, param, ctx)


MARGIN = click.option(
    "--margin",
    type=MarginType(),
    default="10%",
    show_default=True,
    metavar="PERCENT",
    help="Margin above today's cost.",
)


@click.group(
    cls=Group,
    epilog="""\b
Examples:
  convcost budget init
  convcost budget tighten --margin 5%
""",
)
def command() -> None:
    """Write budget files."""


@command.command(
    epilog="""\b
Examples:
  convcost budget init
  convcost budget init nets/*.yaml --margin 5%
"""
)
@click.argument("specs", nargs=-1, metavar="[SPEC]...", type=SpecType())
@MARGIN
@click.option("--variants", is_flag=True, help="Write a budget for every variant, too.")
@click.option(
    "--output", "path", type=FileType(), metavar="FILE", help="By default convcost.budget.yaml, here."
)
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
def init(*, specs: tuple[str, ...], margin: Margin, variants: bool, path: str | None, force: bool) -> Outcome:
    """Write a budget at today's cost plus a margin.

    In a git repository, growth against its main branch is limited too.
    """
    from convcost.baseline.git import main_of
    from convcost.budget.first import as_globs, find_specs, first_budget
    from convcost.budget.model import FILE_NAME

    path = path or FILE_NAME
    if os.path.exists(path) and not force:
        hint = "convcost budget tighten lowers its limits; --force overwrites it"
        raise UsageError(Diagnostic("CC610", f"{path} is there already", hint=hint))
    found = specs or tuple(find_specs(os.curdir))
    if not found:
        raise UsageError(
            Diagnostic("CC608", "there is no spec here", hint="name some: convcost budget init SPEC...")
        )
    done, failures = each(_with_variants(found, variants=variants), _report, "auto")
    if failures.code:
        return Outcome("", *failures)
    folder = os.path.dirname(os.path.abspath(path))
    reports = {(_relative(spec, folder), report.variant): report for spec, report in done}
    names = list(dict.fromkeys(spec for spec, _ in reports))
    patterns = names if specs else as_globs(names, folder)
    write(path, first_budget(reports, patterns, margin, main_of(folder)))
    count = f"{len(reports)} network" + ("" if len(reports) == 1 else "s")
    return Outcome(f"{path}: {count} at today's cost + {margin.text}\n")


@command.command(
    epilog="""\b
Examples:
  convcost budget tighten
  convcost budget tighten --margin 0%
"""
)
@click.option(
    "--budget",
    "path",
    type=FileType(),
    metavar="FILE",
    help="Budget file; by default the nearest convcost.budget.yaml.",
)
@MARGIN
def tighten(*, path: str | None, margin: Margin) -> Outcome:
    """Lower each max to today's cost plus a margin.

    No limit is raised.
    """
    from dataclasses import replace

    from convcost.budget.check import check
    from convcost.budget.tighten import tighten as lowered
    from convcost.cli.check import budget_of

    budget = budget_of(path)
    if budget is None:
        raise UsageError(Diagnostic("CC601", "there is no budget file here", hint="convcost budget init"))
    rules = tuple(replace(rule, max_increase=None, and_over=None) for rule in budget.rules)
    today = replace(budget, baseline=None, rules=rules)
    result = check(today)
    if result.errors:
        terminal = Terminal.of(sys.stderr)
        return Outcome("", "\n".join(diagnosed(error, terminal) for error in result.errors), 2)
    text, done = lowered(today, result, margin.share)
    if done:
        write(budget.source.name, text)
    lines = [f"{change.rule}: {change.key} {change.old} → {change.new}\n" for change in done]
    return Outcome("".join(lines) or "every limit is tight already\n")


def _with_variants(specs: tuple[str, ...], *, variants: bool) -> list[str]:
    from convcost.cli._specs import variants as of
    from convcost.spec.locate import is_path

    paths = [spec if is_path(spec) or not os.path.isfile(spec) else f"./{spec}" for spec in specs]
    return [name for spec in paths for name in of(spec)] if variants else paths


def _report(spec: str) -> Report:
    from convcost.engine import analyze
    from convcost.spec import load

    return analyze(load(spec))


def _relative(spec: str, folder: str) -> str:
    from convcost.spec.locate import is_path, parse_ref

    name = parse_ref(spec).spec
    return os.path.relpath(name, folder).replace(os.sep, "/") if is_path(name) else name
