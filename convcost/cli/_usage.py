"""What is said of a command line that cannot be understood, and what was probably meant."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from convcost.cli._click import NoCommand
from convcost.errors import closest, suggest

if TYPE_CHECKING:
    from collections.abc import Iterable


def told(error: click.ClickException) -> str:
    """Return the text of a usage error; a command without arguments gets its help, once."""
    context = getattr(error, "ctx", None)
    message = error.format_message()
    if isinstance(error, NoCommand):
        return f"{message}\n"
    if isinstance(error, click.NoSuchOption):
        message = f"there is no option {error.option_name!r}{_option_hint(error)}"
    lines = []
    if context is not None and error.exit_code == click.UsageError.exit_code:
        lines = [context.get_usage(), f"Try '{context.command_path} --help'."]
    return "\n".join([*lines, f"Error: {message}", ""])


def _option_hint(error: click.NoSuchOption) -> str:
    """Return which option was meant; the dashes, which all have, say nothing."""
    context = error.ctx
    if context is None:
        return ""
    params = context.command.get_params(context)
    known = [name.lstrip("-") for param in params for name in param.opts if name.startswith("--")]
    meant = closest(error.option_name.lstrip("-"), known)
    if meant is not None:
        return f"; did you mean '--{meant}'?"
    return "; options follow the command" if isinstance(context.command, click.Group) else ""


def no_command(word: str, commands: Iterable[str], context: click.Context) -> click.UsageError:
    """Return the error for a word that is no command: a spec, or a typo."""
    spec = _spec(word)
    hint = f"did you mean 'convcost analyze {spec}'?" if spec else suggest(word, commands)
    return click.UsageError(f"there is no command {word!r}" + (f"; {hint}" if hint else ""), context)


def _spec(word: str) -> str | None:
    """Return the spec that a word names, None where it names none."""
    from convcost.spec import shipped
    from convcost.spec.misnamed import variant

    name = word.partition("@")[0]
    if name in shipped.names() or os.path.isfile(name) or name.endswith((".yaml", ".yml")):
        return word
    return variant(word)
