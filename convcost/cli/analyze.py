"""``convcost analyze``."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from convcost.cli._options import DEPTH, ROWS, look_options, settings_options, specs_argument
from convcost.cli._output import Outcome, Terminal, shown
from convcost.cli._specs import Reader, each
from convcost.views.analyze import FULL, PARTS, Choice, view
from convcost.views.cells import SORTABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from convcost.cli._options import Look, Settings
    from convcost.report import Report
    from convcost.view import Block

ALSO = ("pool_projection",)


@click.command(
    epilog="""\b
Examples:
  convcost analyze googlenet
  convcost analyze nets/mine.yaml --layers --sort saved_bytes --top 10
  convcost analyze mobilenet_v1@width=0.5 --input 3x160x160 --json
  convcost analyze vgg@16 --fully-conv --input 3x384x384
"""
)
@specs_argument
@click.option("--full", is_flag=True, help="Everything: stages, reductions, roles, peak, totals.")
@click.option("--stages", is_flag=True, help="All stages, with every metric.")
@click.option("--layers", is_flag=True, help="All layers, with every metric.")
@click.option("--sites", is_flag=True, help="All 1×1 reductions, and why some cannot be removed.")
@click.option("--roles", is_flag=True, help="1×1 convolutions by role.")
@click.option("--peak", is_flag=True, help="The tensors alive at the memory peak.")
@click.option("--totals", is_flag=True, help="All totals of the network.")
@click.option(
    "--depth", type=DEPTH, default=1, show_default=True, metavar="N", help="Levels of names to group by."
)
@click.option(
    "--sort", type=click.Choice(SORTABLE), metavar="METRIC", help="Sort by this metric, largest first."
)
@click.option("--top", type=ROWS, metavar="N", help="Show only the first N rows.")
@click.option(
    "--also", type=click.Choice(ALSO), multiple=True, help="Remove these as well as the reductions."
)
@click.option(
    "--fully-conv",
    is_flag=True,
    help="Turn linear layers into convolutions; a larger --input gives a map of scores.",
)
@settings_options
@look_options
def command(  # noqa: PLR0913  (one parameter per option)
    *,
    specs: tuple[str, ...],
    full: bool,
    depth: int,
    sort: str | None,
    top: int | None,
    also: tuple[str, ...],
    fully_conv: bool,
    settings: Settings,
    look: Look,
    **parts: bool,
) -> Outcome:
    """Show what each network costs, and where.

    The totals come last. --full shows everything; options such as --layers show one part.
    """
    asked = tuple(name for name in PARTS if parts[name] or (full and name in FULL))
    choice = Choice(asked, depth, sort, top)
    reader = Reader(settings)
    work = _as_convolutions if fully_conv else _as_it_is
    done, failures = each(specs, lambda spec: work(reader, spec, also), look.color)
    views = [view(report, spec, choice, more) for spec, (report, more) in done if look.format != "json"]
    terminal = Terminal.of(sys.stdout, look.color)
    reports = [report for _, (report, _) in done]
    return Outcome(shown(views, look.format, terminal, partial(_data, reports)) if done else "", *failures)


def _data(reports: Sequence[Report]) -> dict[str, Any]:
    from convcost.to_json.report import networks

    return networks(reports)


def _as_it_is(reader: Reader, spec: str, also: tuple[str, ...]) -> tuple[Report, Sequence[Block]]:
    return reader.full_report(reader.graph(spec), also), ()


def _as_convolutions(reader: Reader, spec: str, also: tuple[str, ...]) -> tuple[Report, Sequence[Block]]:
    """Return a network whose linear layers are convolutions, and what its map is and saves."""
    from convcost.views.transforms import fully_convolutional

    result, window, _ = reader.fully_convolutional(spec)
    report = reader.full_report(result.graph, also)
    return report, fully_convolutional(result, window, report)
