"""The command group. A command's module is imported when it is run, not before."""

from __future__ import annotations

from importlib import import_module

import click

from convcost.cli._click import Group
from convcost.version import __version__

COMMANDS = (
    "analyze",
    "compare",
    "explain",
    "field",
    "without",
    "reduce",
    "breakeven",
    "convolutionalize",
    "check",
    "diff",
    "budget",
    "validate",
    "verify",
    "profile",
    "export",
    "specs",
    "ops",
    "errors",
    "schema",
    "help",
    "completion",
)
"""The commands in the order of the help; each lives in the module of its name, as ``command``."""


class LazyGroup(Group):
    """A group that knows its commands by name alone."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command's module and return the command; None for an unknown name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"convcost.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one was probably meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from convcost.cli._usage import no_command

            raise no_command(args[0], COMMANDS, ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="convcost", message="%(prog)s %(version)s")
def root() -> None:
    """Compute exactly what a convolutional network costs.

    SPEC is a path (with a / or ending in .yaml), - for standard input, or the name of a
    shipped network (`convcost specs`). A variant and settings may follow an @:
    resnet@50 or mobilenet_v1@width=0.5,input=3x160x160.

    `convcost help TOPIC` explains commands, ops, codes and the spec language.
    """
