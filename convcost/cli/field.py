"""``convcost field``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from convcost.cli._click import ParamType
from convcost.cli._options import SpecType, look_options, offer, settings_options
from convcost.cli._output import Outcome, Terminal, shown
from convcost.cli._specs import Reader

if TYPE_CHECKING:
    from convcost.cli._options import Look, Settings


class PositionType(ParamType[tuple[int, ...]]):
    """A position: one index per spatial dim, separated by commas."""

    name = "position"

    def convert(
        self, value: str | tuple[int, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """Read ``3,5``."""
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.split(",")]
        if not all(part.isdecimal() and len(part) <= _DIGITS for part in parts):
            self.fail(f"{value!r} is no position: write one index per dim, from 0, as in 3,5", param, ctx)
        return tuple(map(int, parts))


_DIGITS = 18


@click.command(
    epilog="""\b
Examples:
  convcost field unet --at 100,100
  convcost field resnet@50 stage2 --at 3,5
  convcost field vgg@16 stage5.pool --at 0,0 --json
"""
)
@click.argument("spec", type=SpecType())
@click.argument("layer", required=False, shell_complete=offer("layers"))
@click.option("--at", type=PositionType(), metavar="Y,X", help="The position; the middle if not given.")
@settings_options
@look_options
def command(
    *, spec: str, layer: str | None, at: tuple[int, ...] | None, settings: Settings, look: Look
) -> Outcome:
    """Show the input pixels that one position depends on.

    LAYER is a name, or a level, whose last layer is taken. Without it: the last layer
    with more than one position.
    Indexes and pixels count from 0.
    """
    from convcost.engine.field_at import field_at, find_layer, find_position
    from convcost.to_json.field import document
    from convcost.views.field import view

    graph = Reader(settings).graph(spec)
    node = find_layer(graph, layer)
    position = find_position(node, at)
    boxes = field_at(graph, node, position)
    drawn = view(graph, node, position, boxes, spec)
    terminal = Terminal.of(sys.stdout, look.color)
    return Outcome(shown([drawn], look.format, terminal, lambda: document(node, position, boxes)))
