"""``convcost validate``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from convcost.cli._options import look_options, settings_options, specs_argument
from convcost.cli._output import Outcome, Terminal, rows_of, shown
from convcost.cli._specs import Reader, both, each, with_variants
from convcost.views.specs import valid

if TYPE_CHECKING:
    from convcost.cli._options import Look, Settings


@click.command(
    epilog="""\b
Examples:
  convcost validate nets/*.yaml
  cat net.yaml | convcost validate -
"""
)
@specs_argument
@settings_options
@look_options
def command(*, specs: tuple[str, ...], settings: Settings, look: Look) -> Outcome:
    """Check specs, every variant of each, and report all mistakes."""
    reader = Reader(settings)
    every, unread = with_variants(specs, reader, look.color)
    done, wrong = each(every, reader.graph, look.color)
    table = valid(done)
    terminal = Terminal.of(sys.stdout, look.color)
    out = shown([table], look.format, terminal, lambda: rows_of("valid", table)) if done else ""
    return Outcome(out, *both(unread, wrong))
