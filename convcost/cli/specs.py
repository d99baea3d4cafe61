"""``convcost specs``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from convcost.cli._options import Settings, SpecType, look_options
from convcost.cli._output import Outcome, Terminal, shown
from convcost.cli._specs import Reader, both, each, with_variants
from convcost.spec import shipped
from convcost.spec.locate import parse_ref, read_bytes
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
    """List the networks that ship, or print the YAML of one."""
    if spec is not None:
        return Outcome(read_bytes(parse_ref(spec))[1].decode())
    reader = Reader(Settings({}, None, 1, "float32", "cpu"))
    every, unread = with_variants(shipped.names(), reader, look.color)
    done, wrong = each(every, reader.report, look.color)
    out = shown([view(done)], look.format, Terminal.of(sys.stdout, look.color), lambda: to_json(done))
    return Outcome(out, *both(unread, wrong))
