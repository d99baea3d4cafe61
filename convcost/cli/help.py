"""``convcost help``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from convcost.cli._options import offer
from convcost.cli._output import Outcome, Terminal, shown
from convcost.errors import Diagnostic, UsageError, suggest

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcost.view import View


@click.command(
    epilog="""\b
Examples:
  convcost help
  convcost help reduce
  convcost help residuals
  convcost help CC401
"""
)
@click.argument("topic", nargs=-1, shell_complete=offer("words", "commands", "ops", "words", "codes"))
@click.pass_context
def command(context: click.Context, *, topic: tuple[str, ...]) -> Outcome:
    """Explain a command, an op, a code or a language topic."""
    top = context.parent or context
    asked = " ".join(topic)
    if asked in _commands(top):
        return Outcome(f"{_help(top, asked)}\n")
    terminal = Terminal.of(sys.stdout)
    return Outcome(shown([_view(asked, top)], "table", terminal, dict))


def _commands(top: click.Context) -> dict[str, click.Command]:
    group = top.command
    assert isinstance(group, click.Group)  # noqa: S101  (the program's own)
    names = group.list_commands(top)
    return {name: found for name in names if (found := group.get_command(top, name))}


def _help(top: click.Context, name: str) -> str:
    found = _commands(top)[name]
    with click.Context(found, info_name=name, parent=top) as context:
        return found.get_help(context)


def _view(asked: str, top: click.Context) -> View:
    """Return what is shown of a topic that is no command."""
    from convcost.views import topics

    if not asked:
        return topics.listing((name, found.get_short_help_str(200)) for name, found in _commands(top).items())
    known = _known()
    found = known.get(asked) or known.get(asked.lower()) or known.get(asked.upper())
    if found is None:
        hint = suggest(asked, [*_commands(top), *known]) or "`convcost help` lists the topics"
        raise UsageError(Diagnostic("CC907", f"there is no topic {asked!r}", hint=hint))
    return found()


def _known() -> dict[str, Callable[[], View]]:
    """Return all topics that have a view; where two share a name, the later one is meant."""
    from convcost.codes import CODES
    from convcost.ops import INDEX
    from convcost.spec.language import sections
    from convcost.spec.words import WORDS
    from convcost.views import codes, ops, topics

    return {
        **{title.lower(): lambda title=title: topics.section(title) for title in sections()},  # type: ignore[misc]
        **{name: lambda name=name: topics.word(name) for name in WORDS},  # type: ignore[misc]
        **{name: lambda name=name: ops.page(name) for name in INDEX},  # type: ignore[misc]
        **{code: lambda code=code: codes.page(code) for code in CODES},  # type: ignore[misc]
    }
