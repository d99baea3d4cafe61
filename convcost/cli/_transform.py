"""What the commands that write a spec share: where it goes, and where the summary."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from convcost.cli._options import FileType
from convcost.cli._output import Outcome, Terminal, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcost.cli._options import Look
    from convcost.ir import Graph
    from convcost.report import Report
    from convcost.view import View


def output_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Take -o FILE."""
    return click.option(
        "-o",
        "--output",
        type=FileType(),
        metavar="FILE",
        help="Write the spec to FILE and the summary to stdout; otherwise the spec goes to stdout.",
    )(function)


class Written(NamedTuple):
    """A network that a command made: its graph, what to remark in its spec, and both networks' reports."""

    graph: Graph
    remark: str
    before: Report
    after: Report


def written(made: Written, view: View, output: str | None, look: Look) -> Outcome:
    """Return a new network's spec on stdout with the summary on stderr, or write it to a file."""
    from convcost.cli._files import write as save
    from convcost.spec.write import write
    from convcost.to_json.diff import changed

    text = write(made.graph, [made.remark])
    if output is None:
        return Outcome(text, shown([view], "table", Terminal.of(sys.stderr, look.color), dict))
    save(output, text)
    terminal = Terminal.of(sys.stdout, look.color)
    return Outcome(shown([view], look.format, terminal, lambda: changed(made.before, made.after)))
