"""``convcost convolutionalize``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from convcost.cli._options import SpecType, look_options, settings_options
from convcost.cli._specs import Reader
from convcost.cli._transform import Written, output_option, written

if TYPE_CHECKING:
    from convcost.cli._options import Look, Settings
    from convcost.cli._output import Outcome


@click.command(
    epilog="""\b
Examples:
  convcost convolutionalize vgg@16 --input 3x384x384 -o dense.yaml
  convcost convolutionalize lenet | convcost analyze - --input 1x64x64
"""
)
@click.argument("spec", type=SpecType())
@output_option
@settings_options
@look_options
def command(*, spec: str, output: str | None, settings: Settings, look: Look) -> Outcome:
    """Turn linear layers into convolutions.

    A larger --input then gives a map of scores. The input in the spec is the size the
    network was trained on. The result is written as a spec.
    """
    from convcost.views.transforms import convolutionalized

    reader = Reader(settings)
    result, window, report = reader.fully_convolutional(spec)
    remark = f"{spec} as convolutions alone (convcost convolutionalize)"
    made = Written(result.graph, remark, window, report)
    return written(made, convolutionalized(result, window, report, spec), output, look)
