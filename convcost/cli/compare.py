"""``convcost compare``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from convcost.cli._options import DEPTH, look_options, metric_option, settings_options, specs_argument
from convcost.cli._output import Outcome, Terminal, shown
from convcost.cli._specs import Reader, each
from convcost.comparison import Comparison
from convcost.to_json.comparison import comparison as to_json
from convcost.views.compare import layers_view, view

if TYPE_CHECKING:
    from convcost.cli._options import Look, Settings


@click.command(
    epilog="""\b
Examples:
  convcost compare resnet@34 resnet@50
  convcost compare resnet@50 resnet@50,input=3x160x160
  convcost compare resnet@50 resnet@50_v1 --layers --metric peak_bytes
"""
)
@specs_argument
@click.option("--depth", type=DEPTH, metavar="N", help="Compare stages: names up to N levels.")
@click.option("--layers", is_flag=True, help="Compare layer by layer, aligned by name.")
@metric_option("Metric that --depth and --layers compare.")
@settings_options
@look_options
def command(  # noqa: PLR0913  (one parameter per option)
    *,
    specs: tuple[str, ...],
    depth: int | None,
    layers: bool,
    metric: str,
    settings: Settings,
    look: Look,
) -> Outcome:
    """Compare networks; the first is the baseline."""
    if len(specs) < 2:  # noqa: PLR2004  (two make a comparison)
        raise click.UsageError("a comparison needs at least two specs")
    done, failures = each(specs, Reader(settings).report, look.color)
    if failures.code or not done:
        return Outcome("", *failures)
    comparison = Comparison(tuple(spec for spec, _ in done), tuple(report for _, report in done))
    detailed = layers or depth is not None
    table = layers_view(comparison, metric, None if layers else depth) if detailed else view(comparison)
    return Outcome(
        shown([table], look.format, Terminal.of(sys.stdout, look.color), lambda: to_json(comparison))
    )
