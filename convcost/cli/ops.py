"""``convcost ops``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from convcost.cli._options import look_options
from convcost.cli._output import Outcome, Terminal, rows_of, shown
from convcost.errors import Diagnostic, UsageError, suggest
from convcost.ops import INDEX
from convcost.views.ops import listing, page

if TYPE_CHECKING:
    from convcost.cli._options import Look


@click.command(
    epilog="""\b
Examples:
  convcost ops
  convcost ops conv
"""
)
@click.argument("op", required=False)
@look_options
def command(*, op: str | None, look: Look) -> Outcome:
    """List the ops of the spec language, or explain one."""
    if op is not None and op not in INDEX:
        hint = suggest(op, INDEX) or "`convcost ops` lists them"
        raise UsageError(Diagnostic("CC903", f"there is no op {op!r}", hint=hint))
    view = page(op) if op is not None else listing()
    key = "ops" if op is None else "fields"
    out = shown([view], look.format, Terminal.of(sys.stdout, look.color), lambda: rows_of(key, view))
    return Outcome(out)
