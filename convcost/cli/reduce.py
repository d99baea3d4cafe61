"""``convcost reduce``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from convcost.cli._options import SpecType, Whole, full_option, look_options, offer, settings_options
from convcost.cli._specs import Reader
from convcost.cli._transform import Written, output_option, written

if TYPE_CHECKING:
    from fractions import Fraction

    from convcost.cli._options import Look, Settings
    from convcost.cli._output import Outcome

WIDTH = Whole(10**18)


@click.command(
    epilog="""\b
Examples:
  convcost reduce vgg@16 --ratio 4 > slim.yaml
  convcost reduce resnet@18 --ratio 4 --sandwich -o bottlenecks.yaml
  convcost reduce unet --only 'dec1.**' --width 64
"""
)
@click.argument("spec", type=SpecType())
@click.option("--ratio", metavar="N", help="Width: the channels divided by N, rounded down.")
@click.option("--width", type=WIDTH, metavar="N", help="Width: N channels.")
@click.option(
    "--only",
    shell_complete=offer("layers"),
    metavar="GLOB",
    help="Only before convolutions whose names match.",
)
@click.option(
    "--multiple-of", type=WIDTH, default=1, metavar="N", help="Round the width down to a multiple of N."
)
@click.option("--sandwich", is_flag=True, help="Widen again after the convolution: a bottleneck.")
@output_option
@full_option
@settings_options
@look_options
def command(  # noqa: PLR0913  (one parameter per option)
    *,
    spec: str,
    ratio: str | None,
    width: int | None,
    only: str | None,
    multiple_of: int,
    sandwich: bool,
    output: str | None,
    full: bool,
    settings: Settings,
    look: Look,
) -> Outcome:
    """Insert 1×1 reductions before spatial convolutions.

    Only dense convolutions get one. The result is written as a spec.
    """
    from convcost.reductions.insertion import insert_reductions
    from convcost.views.transforms import reduce

    reader = Reader(settings)
    result = insert_reductions(
        reader.settled(spec),
        None if ratio is None else _number(ratio),
        width=width,
        only=only,
        multiple_of=multiple_of,
        sandwich=sandwich,
    )
    remark = f"{spec} with more 1×1 reductions (convcost reduce)"
    made = Written(result.graph, remark, reader.report(spec), reader.report_of(result.graph))
    return written(made, reduce(result, made.before, made.after, spec, full=full), output, look)


def _number(text: str) -> int | Fraction:
    """Read a ratio: an integer or a decimal, exactly."""
    from convcost.errors import Diagnostic, UsageError
    from convcost.units import QuantityError, parse_count

    try:
        return parse_count(text)
    except QuantityError as error:
        raise UsageError(Diagnostic("CC504", f"--ratio: {error.message}", hint=error.hint)) from None
