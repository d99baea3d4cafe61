"""``convcost analyze``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from convcost.cli._options import look_options, settings_options, specs_argument
from convcost.cli._output import Outcome, Terminal, shown
from convcost.cli._specs import Reader, each
from convcost.jsonable import document
from convcost.views.analyze import Choice, view
from convcost.views.common import SORTABLE

if TYPE_CHECKING:
    from convcost.cli._options import Look, Settings


@click.command(
    epilog="""\b
Examples:
  convcost analyze googlenet
  convcost analyze nets/mine.yaml --layers --sort saved_bytes --top 10
  convcost analyze mobilenet_v1@width=0.5 --input 3x160x160 --json
"""
)
@specs_argument
@click.option(
    "--depth", type=click.IntRange(min=1), default=1, show_default=True, help="Levels of names to group by."
)
@click.option("--layers", is_flag=True, help="Show every layer.")
@click.option("--sort", type=click.Choice(SORTABLE), metavar="METRIC", help="Dearest first, by this metric.")
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="Show only the first N rows.")
@settings_options
@look_options
def command(  # noqa: PLR0913  (one parameter per option)
    *,
    specs: tuple[str, ...],
    depth: int,
    layers: bool,
    sort: str | None,
    top: int | None,
    settings: Settings,
    look: Look,
) -> Outcome:
    """Say what each network costs, and where."""
    choice = Choice(None if layers else depth, sort, top)
    done, failures = each(specs, Reader(settings).report, look.color)
    views = [view(report, spec, choice) for spec, report in done] if look.format != "json" else []
    terminal = Terminal.of(sys.stdout, look.color)
    out = shown(views, look.format, terminal, lambda: document(report for _, report in done)) if done else ""
    return Outcome(out, *failures)
