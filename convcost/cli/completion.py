"""``convcost completion``."""

from __future__ import annotations

import click

from convcost.cli._output import Outcome
from convcost.cli._run import COMPLETE, PROGRAM

SHELLS = ("bash", "zsh", "fish")


@click.command(
    epilog="""\b
Examples:
  convcost completion bash >> ~/.bash_completion
  convcost completion fish > ~/.config/fish/completions/convcost.fish
"""
)
@click.argument("shell", type=click.Choice(SHELLS))
def command(*, shell: str) -> Outcome:
    """Print a completion script for a shell."""
    from convcost.cli._complete import completion_class
    from convcost.cli._group import root

    kind = completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    return Outcome(kind(root, {}, PROGRAM, COMPLETE).source())
