"""``convcost explain``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from convcost.cli._options import SpecType, look_options, offer, settings_options
from convcost.cli._output import Outcome, Terminal, rows_of, shown
from convcost.cli._specs import Reader

if TYPE_CHECKING:
    from convcost.cli._options import Look, Settings
    from convcost.ir import Graph, Node


@click.command(
    epilog="""\b
Examples:
  convcost explain googlenet 3a.b5
  convcost explain resnet@50 stage1.1.conv2
  convcost explain lenet
"""
)
@click.argument("spec", type=SpecType())
@click.argument("layer", required=False, shell_complete=offer("layers"))
@settings_options
@look_options
def command(*, spec: str, layer: str | None, settings: Settings, look: Look) -> Outcome:
    """Show the arithmetic behind the figures.

    LAYER is a name or a glob; the name of a level means all its layers. Without it, the
    multiply-adds of the whole network are shown.
    """
    from convcost.engine.cost import report
    from convcost.engine.run import Run
    from convcost.reductions.roles import Roles
    from convcost.views.explain import layers, overview

    run = Run.settled(Reader(settings).graph(spec), settings.batch, settings.dtype, settings.device)
    if layer is None:
        view = overview(run, spec)
    else:
        roles = Roles(run.graph)
        view = layers(run, report(run, roles.by_name), roles, _named(run.graph, layer))
    out = shown([view], look.format, Terminal.of(sys.stdout, look.color), lambda: rows_of("lines", view))
    return Outcome(out)


def _named(graph: Graph, layer: str) -> list[Node]:
    """Return the layers a name or glob means."""
    from convcost.errors import Diagnostic, UsageError, suggest
    from convcost.globs import matches

    found = [node for node in graph.layers if matches(layer, node.name)]
    if not found:
        levels = {".".join(node.name.split(".")[:depth]) for node in graph.layers for depth in range(1, 9)}
        hint = suggest(layer, levels)
        raise UsageError(Diagnostic("CC503", f"{graph.name} has no layer {layer!r}", hint=hint))
    return found
