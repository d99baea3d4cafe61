"""``convcost errors``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from convcost.cli._options import look_options, offer
from convcost.cli._output import Outcome, Terminal, shown
from convcost.codes import CODES
from convcost.errors import Diagnostic, UsageError, suggest
from convcost.to_json.listings import codes
from convcost.views.codes import listing, page

if TYPE_CHECKING:
    from convcost.cli._options import Look


@click.command(
    epilog="""\b
Examples:
  convcost errors
  convcost errors CC401
"""
)
@click.argument("code", required=False, shell_complete=offer("words", "codes"))
@look_options
def command(*, code: str | None, look: Look) -> Outcome:
    """List the diagnostic codes, or explain one."""
    code = code.upper() if code else None
    if code is not None and code not in CODES:
        hint = suggest(code, CODES) or "`convcost errors` lists them"
        raise UsageError(Diagnostic("CC904", f"there is no code {code!r}", hint=hint))
    view = page(code) if code else listing()
    out = shown(
        [view], look.format, Terminal.of(sys.stdout, look.color), lambda: codes([code] if code else CODES)
    )
    return Outcome(out)
