"""What a command returns, and how it is dressed for where it goes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from convcost.errors import ConvcostError, Diagnostic
    from convcost.view import View

_DIGITS = 7
FORMATS = ("table", "json", "csv", "markdown")


class Outcome(NamedTuple):
    """Text for stdout, text for stderr, and the exit code."""

    out: str
    err: str = ""
    code: int = 0


class Terminal(NamedTuple):
    """What a stream can show: colour, more than ASCII, and how many cells (None: a pipe)."""

    color: bool
    unicode: bool
    width: int | None

    @classmethod
    def of(cls, stream: Any, color: str = "auto") -> Terminal:
        """Look at a stream; ``color`` is the option's word (always, never, auto)."""
        from convcost.render.text import can_show

        terminal = stream is not None and stream.isatty()
        encoding = getattr(stream, "encoding", None)
        return cls(
            _wants_color(color, terminal=terminal), can_show(encoding), _width(stream, terminal=terminal)
        )


def _wants_color(word: str, *, terminal: bool) -> bool:
    """Decide by --color, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal."""
    if word != "auto":
        return word == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (terminal and os.environ.get("TERM") != "dumb")


def _width(stream: Any, *, terminal: bool) -> int | None:
    """Return COLUMNS if it is set, else a terminal's width; None for a pipe."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and len(columns) < _DIGITS and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(stream.fileno()).columns or None if terminal else None
    except OSError:
        return None


def shown(views: Sequence[View], form: str, terminal: Terminal, data: Callable[[], Any]) -> str:
    """Return views in a format; ``data`` makes what JSON gets, only if it is asked for."""
    if form == "json":
        from convcost.render import json

        return json.render(data())
    if form == "csv":
        from convcost.render import csv

        return csv.render(views)
    if form == "markdown":
        from convcost.render import markdown

        return "\n".join(markdown.render(view) for view in views)
    from convcost.render.terminal import render

    return "\n".join(render(view, **terminal._asdict()) for view in views)


def rows_of(key: str, view: View) -> dict[str, Any]:
    """Return a view's data as JSON has it: versions, and one object per row under ``key``."""
    from convcost.render.text import plain
    from convcost.to_json.envelope import document

    columns = view.data.for_programs() if view.data else []
    items = view.data.items if view.data else ()
    rows = [{column.name: plain(column.cell(item)) for column in columns} for item in items]
    return document(**{key: rows})


def diagnosed(error: ConvcostError, terminal: Terminal) -> str:
    """Return an error's diagnostics as text."""
    return render(error.diagnostics, terminal)


def render(diagnostics: Iterable[Diagnostic], terminal: Terminal) -> str:
    """Return diagnostics as text."""
    from convcost.render.diagnostics import render

    return render(diagnostics, color=terminal.color, unicode=terminal.unicode)


def bug(error: Exception, spec: str = "") -> str:
    """Return what is said about an exception that should not have been possible (with ``spec``)."""
    import traceback

    from convcost.render.text import printable

    if os.environ.get("CONVCOST_TRACEBACK"):
        return "".join(traceback.format_exception(error))
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
    what = f" with {printable(spec)}" if spec else ""
    said = printable(f"{type(error).__name__}: {str(error)[:200]}")
    return (
        f"convcost: internal error (a bug in convcost){what}{where}: {said}\n"
        "  CONVCOST_TRACEBACK=1 shows the traceback; please report it.\n"
    )
