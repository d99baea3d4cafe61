"""The reports of one check: each in its format, each where it was asked for."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from convcost.cli._click import ParamType
from convcost.cli._files import append
from convcost.cli._files import write as put_file
from convcost.cli._output import Terminal
from convcost.errors import UsageError
from convcost.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import click
    from click.shell_completion import CompletionItem

    from convcost.budget.result import Result
    from convcost.view import Finding

FORMATS = ("table", "markdown", "github", "junit", "sarif", "json", "csv")
STDOUT = "-"


class Destination(NamedTuple):
    """A format, and a path or ``-`` for stdout."""

    format: str
    path: str


class ReportType(ParamType[Destination]):
    """FORMAT:DEST, as in ``junit:report.xml`` or ``table:-``."""

    name = "report"

    def convert(
        self, value: str | Destination, param: click.Parameter | None, ctx: click.Context | None
    ) -> Destination:
        """Take the two apart."""
        if isinstance(value, Destination):
            return value
        form, colon, path = value.partition(":")
        if form not in FORMATS:
            from convcost.errors import suggest

            hint = suggest(form, FORMATS) or f"there are {', '.join(FORMATS)}"
            self.fail(f"there is no report format {form!r}; {hint}", param, ctx)
        if not colon or not path:
            self.fail(f"{value!r} has no destination: write {form}:- or {form}:FILE", param, ctx)
        return Destination(form, path)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return what a shell may offer for a word that has been begun."""
        from convcost.cli._complete import reports

        return reports(ctx, param, incomplete)


class Reporter:
    """Renders a result; each format once, however many places it goes to."""

    def __init__(self, result: Result, *, code: int, strict: bool, color: str, full: bool = False) -> None:
        from convcost.budget.explain import Explainer
        from convcost.budget.findings import findings

        explainer = Explainer()
        self._result = result
        self._code = code
        self._strict = strict
        self._color = color
        self._full = full
        self._found: list[Finding] = findings(
            result, lambda verdict: explainer.reason(verdict, result.sides_of(verdict))
        )

    def text(self, form: str, path: str) -> str:
        """Return a report's text."""
        render: dict[str, Callable[[], str]] = {
            "table": lambda: self._table(path),
            "markdown": self._markdown,
            "github": self._github,
            "junit": self._junit,
            "sarif": self._sarif,
            "json": self._json,
            "csv": self._csv,
        }
        return render[form]()

    def _table(self, path: str) -> str:
        from convcost.render.terminal import render
        from convcost.views.check import view

        to_file = Terminal(color=self._color == "always", unicode=True, width=None)
        terminal = Terminal.of(sys.stdout, self._color) if path == STDOUT else to_file
        full = self._full or path != STDOUT
        return render(view(self._result, self._found, full=full), **terminal._asdict())

    def _markdown(self) -> str:
        from convcost.render.comment import render
        from convcost.views.check_comment import comment

        return render(comment(self._result, self._found))

    def _github(self) -> str:
        from convcost.render.github import render

        return render(self._found, _prefix())

    def _junit(self) -> str:
        from convcost.render.junit import render

        return render(self._found, strict=self._strict)

    def _sarif(self) -> str:
        from convcost.render.sarif import render

        return render(self._found, __version__, _prefix())

    def _json(self) -> str:
        from convcost.render.json import render
        from convcost.to_json.check import check

        return render(check(self._result, self._found, self._code))

    def _csv(self) -> str:
        from convcost.render.csv import render
        from convcost.views.check import view

        return render([view(self._result, self._found)])


def write(reporter: Reporter, destinations: Iterable[Destination]) -> tuple[str, str]:
    """Write reports to their files; return what goes to stdout, and what to stderr.

    A destination that cannot be written hides no other.
    """
    out, problems = [], []
    for form, path in destinations:
        text = reporter.text(form, path)
        if path == STDOUT:
            out.append(text)
            continue
        try:
            # GitHub's step summary is shared by all that a step runs: it grows
            put = append if path == os.environ.get("GITHUB_STEP_SUMMARY") else put_file
            put(path, text)
        except UsageError as error:
            problems.append(f"convcost: the {form} report: {error}\n")
    return "\n".join(out), "".join(problems)


def _prefix() -> str:
    """Return the way from the repository's root to here, for reports that want such paths."""
    from convcost.budget.files import root_of

    here = os.path.realpath(os.curdir)
    root = os.environ.get("GITHUB_WORKSPACE") or root_of(here)
    way = os.path.relpath(here, os.path.realpath(root)).replace(os.sep, "/")
    return "" if way.startswith("..") or way == "." else way
