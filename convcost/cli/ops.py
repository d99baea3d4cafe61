"""``convcost ops``."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from convcost import ops
from convcost.cli._files import write
from convcost.cli._options import FileType, look_options, offer
from convcost.cli._output import Outcome, Terminal, shown
from convcost.errors import Diagnostic, UsageError
from convcost.ops import INDEX
from convcost.ops._scaffold import scaffold
from convcost.spec.synonyms import op_hint
from convcost.spec.words import WORDS
from convcost.to_json import listings
from convcost.views.ops import listing, page
from convcost.views.topics import word

if TYPE_CHECKING:
    from convcost.cli._options import Look


@click.command(
    epilog="""\b
Examples:
  convcost ops
  convcost ops conv
  convcost ops new square
"""
)
@click.argument("op", required=False, shell_complete=offer("words", "ops", "words"))
@click.argument("name", required=False)
@click.option("-o", "--output", type=FileType(), metavar="FILE", help="Where to write a new op; - is stdout.")
@look_options
def command(*, op: str | None, name: str | None, output: str | None, look: Look) -> Outcome:
    """List the ops, explain one, or start a new one.

    `convcost ops new NAME` writes the file of a new op.
    """
    if op == "new":
        return _begin(name, output)
    if name is not None or output is not None:
        raise UsageError(Diagnostic("CC903", "one op at a time; -o belongs to 'convcost ops new NAME'"))
    if op is None:
        view, data = listing(), listings.ops
    elif op in INDEX:
        view, data = page(op), partial(listings.op, op)
    elif op in WORDS:
        view, data = word(op), partial(listings.word, op)
    else:
        hint = op_hint(op, [*INDEX, *WORDS]) or "`convcost ops` lists them"
        raise UsageError(Diagnostic("CC903", f"there is no op {op!r}", hint=hint))
    out = shown([view], look.format, Terminal.of(sys.stdout, look.color), data)
    return Outcome(out)


def _begin(name: str | None, output: str | None) -> Outcome:
    """Write a new op's file, where there is none of that name."""
    if name is None or not name.isidentifier() or name != name.lower() or name[0] == "_":
        message = f"a new op needs a name of small letters, digits and _, not {name or 'none'}"
        raise UsageError(Diagnostic("CC903", message, hint="convcost ops new square"))
    text = scaffold(name)
    if output == "-":
        return Outcome(text)
    if name in INDEX:
        raise UsageError(Diagnostic("CC903", f"there is an op {name!r} already"))
    path = output or os.path.join(os.path.dirname(ops.__file__), f"{name}.py")
    if os.path.exists(path):
        raise UsageError(Diagnostic("CC507", f"{path} cannot be written: file exists"))
    write(path, text)
    return Outcome(
        f"{path} is a working op: the square of each element. Make it yours, then run make tests docs\n"
    )
