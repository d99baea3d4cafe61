"""What differs between the versions of click that are supported: 8.1 and later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    ParamType = click.ParamType
else:

    class ParamType(click.ParamType):
        """``ParamType[int]``: click's own takes a type in brackets since 8.3.2."""

        def __class_getitem__(cls, _: object) -> type[ParamType]:
            return cls


class NoCommand(click.UsageError):
    """A group was called without a command; its help is the answer."""


class Group(click.Group):
    """A group that says so where no command is given: click's own answer has changed."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the group's own arguments; raise NoCommand where there are none at all."""
        if not args and not ctx.resilient_parsing:
            raise NoCommand(ctx.get_help(), ctx)
        return super().parse_args(ctx, args)
