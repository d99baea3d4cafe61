"""``convcost export``."""

from __future__ import annotations

import click

from convcost.cli._files import write
from convcost.cli._options import FileType, Settings, SpecType, pairs
from convcost.cli._output import Outcome
from convcost.cli._specs import Reader
from convcost.cli._torch import need_torch

STDOUT = "-"


@click.command(
    epilog="""\b
Examples:
  convcost export resnet@50 -o model.py
  convcost export nets/mine.yaml --input 3x160x160
"""
)
@click.argument("spec", metavar="SPEC", type=SpecType())
@click.option(
    "-o",
    "--output",
    type=FileType(),
    default=STDOUT,
    show_default=True,
    metavar="FILE",
    help="Output file; - is stdout.",
)
@click.option("--set", "sets", multiple=True, metavar="VAR=VALUE", help="Override a var of the spec.")
@click.option("--input", "size", metavar="3x224x224", help="Override the input shape, per sample.")
def command(*, spec: str, output: str, sets: tuple[str, ...], size: str | None) -> Outcome:
    """Write a network as PyTorch source code.

    The code needs nothing but torch; parameters keep the names they have in the spec.
    """
    need_torch("export")
    from convcost.torch_backend.export import source

    reader = Reader(Settings(pairs(sets), size, 1, "float32", "cpu"))
    text = source(reader.settled(spec))
    if output == STDOUT:
        return Outcome(text)
    write(output, text, "CC706")
    return Outcome("")
