"""``convcost specs``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from convcost.cli._options import Settings, SpecType, look_options
from convcost.cli._output import Outcome, Terminal, shown
from convcost.cli._specs import Reader, both, each, with_variants
from convcost.spec import shipped
from convcost.spec.locate import parse_ref
from convcost.to_json.listings import specs as to_json
from convcost.views.specs import view

if TYPE_CHECKING:
    from convcost.cli._options import Look


@click.command(
    epilog="""\b
Examples:
  convcost specs
  convcost specs resnet@50 > mine.yaml
"""
)
@click.argument("spec", required=False, type=SpecType())
@look_options
def command(*, spec: str | None, look: Look) -> Outcome:
    """List the shipped networks, or print the YAML of one."""
    reader = Reader(Settings({}, None, 1, "float32", "cpu"))
    if spec is not None:
        from convcost.spec.standalone import standalone

        return Outcome(standalone(parse_ref(spec), reader.stdin(spec)))
    every, unread = with_variants(shipped.names(), reader, look.color)
    done, wrong = each(every, reader.report, look.color)
    out = shown([view(done)], look.format, Terminal.of(sys.stdout, look.color), lambda: to_json(done))
    return Outcome(out, *both(unread, wrong))
