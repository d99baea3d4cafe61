"""``convcost breakeven``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from convcost.cli._options import SpecType, full_option, look_options, offer, settings_options
from convcost.cli._output import Outcome, Terminal, shown
from convcost.cli._specs import Reader

if TYPE_CHECKING:
    from convcost.cli._options import Look, Settings


@click.command(
    epilog="""\b
Examples:
  convcost breakeven googlenet
  convcost breakeven googlenet --only 3a.b5
  convcost breakeven vgg@16 --batch 32 --json
"""
)
@click.argument("spec", type=SpecType())
@click.option(
    "--only",
    shell_complete=offer("layers"),
    metavar="GLOB",
    help="Only reductions and convolutions whose names match.",
)
@full_option
@settings_options
@look_options
def command(*, spec: str, only: str | None, full: bool, settings: Settings, look: Look) -> Outcome:
    """Find the width at which 1×1 reductions stop paying.

    All dense spatial convolutions are listed, with a reduction today or without.
    """
    from convcost.reductions.breakeven import breakeven
    from convcost.to_json.breakeven import breakeven as to_json
    from convcost.views.breakeven import view

    rows = breakeven(Reader(settings).settled(spec), only, settings.batch, settings.dtype, settings.device)
    said = f"1 MAC = 2 FLOPs; batch {settings.batch}, {settings.dtype}"
    table = view(rows, spec, said, full=full)
    out = shown([table], look.format, Terminal.of(sys.stdout, look.color), lambda: to_json(rows))
    return Outcome(out)
