"""``convcost without``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from convcost.cli._options import SpecType, full_option, look_options, offer, settings_options
from convcost.cli._specs import Reader
from convcost.cli._transform import Written, output_option, written

if TYPE_CHECKING:
    from convcost.cli._options import Look, Settings
    from convcost.cli._output import Outcome


@click.command(
    epilog="""\b
Examples:
  convcost without googlenet > naive.yaml
  convcost without resnet@50 --only 'stage3.**' -o wide.yaml
  convcost without inception_3a --also pool_projection | convcost analyze -
"""
)
@click.argument("spec", type=SpecType())
@click.option(
    "--only", shell_complete=offer("layers"), metavar="GLOB", help="Remove only reductions whose names match."
)
@click.option(
    "--also",
    type=click.Choice(["pool_projection"]),
    multiple=True,
    help="Remove these as well; concats grow, and all layers after them.",
)
@output_option
@full_option
@settings_options
@look_options
def command(  # noqa: PLR0913  (one parameter per option)
    *,
    spec: str,
    only: str | None,
    also: tuple[str, ...],
    output: str | None,
    full: bool,
    settings: Settings,
    look: Look,
) -> Outcome:
    """Write a network without its 1×1 reductions, as a spec."""
    from convcost.reductions.removal import without_reductions
    from convcost.views.transforms import without

    reader = Reader(settings)
    result = without_reductions(reader.settled(spec), only, also)
    remark = f"{spec} without its 1×1 reductions (convcost without)"
    made = Written(result.graph, remark, reader.report(spec), reader.report_of(result.graph))
    return written(made, without(result, made.before, made.after, spec, full=full), output, look)
