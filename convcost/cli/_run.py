"""From arguments to an exit code: the one place where errors are caught and output written."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from convcost.cli._output import Outcome, Terminal, bug, diagnosed, render
from convcost.cli._warnings import gathered
from convcost.errors import ConvcostError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import ShellComplete

PROGRAM = "convcost"
COMPLETE = "_CONVCOST_COMPLETE"


def run(arguments: Sequence[str]) -> int:
    """Run a command, write its results to stdout and its diagnostics to stderr.

    Raises BrokenPipeError if a reader is gone, and KeyboardInterrupt.
    """
    with gathered() as warned:
        outcome = _outcome(list(arguments))
    if warned or outcome.err:
        said = render(warned, Terminal.of(sys.stderr)) if warned else ""
        _write(sys.stderr, "\n".join(filter(None, [said, outcome.err])))
    try:
        _write(sys.stdout, outcome.out)
    except BrokenPipeError:
        raise
    except OSError as error:
        _write(sys.stderr, f"convcost: the output cannot be written: {error.strerror}\n")
        return 2
    return outcome.code


def _outcome(arguments: list[str]) -> Outcome:
    from convcost.cli._group import root

    try:
        if os.environ.get(COMPLETE):
            return _completion(os.environ[COMPLETE])
        with root.make_context(PROGRAM, arguments) as context:
            result = root.invoke(context)
        return result if isinstance(result, Outcome) else Outcome("")
    except click.exceptions.Exit as stop:
        return Outcome("", code=stop.exit_code)
    except click.ClickException as error:
        from convcost.cli._usage import told

        return Outcome("", told(error), error.exit_code)
    except click.Abort:
        raise KeyboardInterrupt from None
    except ConvcostError as error:
        return Outcome("", diagnosed(error, Terminal.of(sys.stderr)), error.exit_code)
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except OSError as error:
        if (
            error.filename is None and error.errno is not None
        ):  # no file's: help and versions are written by click as it reads
            return Outcome("", f"convcost: the output cannot be written: {error.strerror}\n", 2)
        return Outcome("", bug(error), 3)
    except Exception as error:  # noqa: BLE001  (whatever it is, it is our bug, and said so)
        return Outcome("", bug(error), 3)


def _completion(asked: str) -> Outcome:
    """Return what a shell's completion asks for: ``bash_source`` or ``bash_complete``."""
    from convcost.cli._complete import completion_class
    from convcost.cli._group import root

    shell, _, instruction = asked.partition("_")
    kind = completion_class(shell)
    if kind is None or instruction not in ("source", "complete"):
        return Outcome("", f"convcost: {COMPLETE} is set, and says nothing that a shell asks for\n", 2)
    completion = kind(root, {}, PROGRAM, COMPLETE)
    if instruction == "source":
        return Outcome(completion.source())
    if not _has_words(completion):
        return Outcome("", f"convcost: {COMPLETE} is set, but not the words to complete\n", 2)
    return Outcome(completion.complete() + "\n")


def _has_words(completion: ShellComplete) -> bool:
    """Whether the shell has set the variables that hold the words."""
    try:
        completion.get_completion_args()
    except (KeyError, ValueError, IndexError):
        return False
    return not os.environ["COMP_CWORD"].isspace()  # which only newer versions of click refuse


def _write(stream: object, text: str) -> None:
    """Write and flush; what the encoding lacks is written out as an escape."""
    if stream is None or not text:  # started with the stream closed: there is nobody to tell
        return
    encoding = getattr(stream, "encoding", None) or "ascii"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))  # type: ignore[attr-defined]
    stream.flush()  # type: ignore[attr-defined]
