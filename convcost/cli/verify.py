"""``convcost verify``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from convcost.cli._options import look_options, settings_options, specs_argument
from convcost.cli._output import Outcome, Terminal, shown
from convcost.cli._specs import Reader, each
from convcost.cli._torch import need_torch

if TYPE_CHECKING:
    from convcost.cli._options import Look, Settings
    from convcost.torch_backend.verify import Verification

DIFFERS = 1


@click.command(
    epilog="""\b
Examples:
  convcost verify resnet@50
  convcost verify nets/mine.yaml --batch 2 --dtype bfloat16
  convcost verify lenet squeezenet --real --json
"""
)
@specs_argument
@click.option("--real", is_flag=True, help="Run the network for real, not on fake tensors.")
@click.option("--layers", is_flag=True, help="Show every layer.")
@settings_options
@look_options
def command(*, specs: tuple[str, ...], real: bool, layers: bool, settings: Settings, look: Look) -> Outcome:
    """Check every figure against torch.

    That is what torch counts, allocates and keeps. The exit code is 1 if any figure differs.
    """
    need_torch("verify")
    from convcost.to_json.verification import verifications
    from convcost.torch_backend.verify import verify
    from convcost.views.verify import view

    reader = Reader(settings)

    def work(spec: str) -> Verification:
        graph = reader.settled(spec)
        return verify(graph, settings.batch, settings.dtype, settings.device, real=real)

    done, failures = each(specs, work, look.color)
    if not done:
        return Outcome("", *failures)
    views = [view(each_one, spec, layers=layers) for spec, each_one in done]
    out = shown(
        views, look.format, Terminal.of(sys.stdout, look.color), lambda: verifications(f for _, f in done)
    )
    differs = DIFFERS if any(not found.exact for _, found in done) else 0
    return Outcome(out, failures.text, max(failures.code, differs))
