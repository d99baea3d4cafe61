"""``convcost check``."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from convcost.cli._check_reports import STDOUT, Destination, Reporter, ReportType, write
from convcost.cli._options import FileType, SpecType, full_option, look_options, offer
from convcost.cli._output import Outcome, Terminal, diagnosed
from convcost.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from convcost.budget.model import Budget
    from convcost.cli._options import Look

USAGE = 2


@click.command(
    epilog="""\b
Examples:
  convcost check
  convcost check nets/edge.yaml --baseline git:origin/main
  convcost check --report table:- --report junit:budget.xml --report github:-
"""
)
@click.argument("specs", nargs=-1, metavar="[SPEC]...", type=SpecType())
@click.option(
    "--budget",
    "path",
    type=FileType(),
    metavar="FILE",
    help="Budget file; by default the nearest convcost.budget.yaml, here or in a parent folder.",
)
@click.option("--baseline", metavar="SOURCE", help="git:REF, file:x.json or spec:old.yaml.")
@click.option(
    "--rule",
    "rules",
    multiple=True,
    shell_complete=offer("rules"),
    metavar="ID",
    help="Only the rule with this id; may be repeated.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=ReportType(),
    metavar="FORMAT:DEST",
    help="table, markdown, github, junit, sarif, json or csv, to a file or - (stdout); may be repeated.",
)
@click.option("--strict", is_flag=True, help="Treat warnings as failures.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if budgets are exceeded.")
@full_option
@look_options
def command(  # noqa: PLR0913  (one parameter per option)
    *,
    specs: tuple[str, ...],
    path: str | None,
    baseline: str | None,
    rules: tuple[str, ...],
    reports: tuple[Destination, ...],
    strict: bool,
    exit_zero: bool,
    full: bool,
    look: Look,
) -> Outcome:
    """Check networks against their budgets.

    The exit code is 1 if a budget is exceeded.
    """
    from convcost.baseline.source import parse_baseline
    from convcost.budget.check import check
    from convcost.budget.subjects import target

    result = check(
        budget_of(path),
        [target(spec) for spec in specs],
        parse_baseline(baseline) if baseline is not None else None,
        rules,
    )
    code = result.code(strict=strict)
    code = 0 if exit_zero and code == 1 else code
    reporter = Reporter(result, code=code, strict=strict, color=look.color, full=full)
    out, problems = write(reporter, reports or (Destination(look.format, STDOUT),))
    terminal = Terminal.of(sys.stderr, look.color)
    said = "\n".join(diagnosed(error, terminal) for error in result.errors)
    return Outcome(out, said + problems, max(code, USAGE) if problems else code)


def budget_of(path: str | None) -> Budget | None:
    """Return the budget file that was named or is found upwards; None where there is none."""
    from convcost.budget.read import find, read_budget

    if path is not None:
        if os.path.isdir(path):
            raise UsageError(Diagnostic("CC601", f"{path} is a folder", hint="name the budget file in it"))
        return read_budget(path)
    found = find(os.curdir)
    return read_budget(found) if found else None
