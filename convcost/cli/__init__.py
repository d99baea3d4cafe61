"""The command line: ``main`` runs a command, writes what it returns, and exits.

Exit codes: 0 fine; 1 a budget is exceeded or a verification differs; 2 the usage, the
spec or the budget file is wrong; 3 a bug in convcost; 130 Ctrl-C; 141 a closed pipe.
"""

from __future__ import annotations

import gc
import sys

INTERRUPTED = 130
CLOSED_PIPE = 141


def main() -> None:
    """Run the program and exit; the entry point of the ``convcost`` script."""
    # A run makes many tuples and hardly a cycle. Looking for cycles took 6 ms of a small run,
    # and in a network of 100,000 layers as much as all the rest, growing with every layer.
    gc.disable()
    try:
        from convcost.cli._run import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        code = CLOSED_PIPE
    if code == CLOSED_PIPE:
        _forget_output()
    gc.freeze()  # or Python looks through everything once more as it ends, a tenth of a small run
    sys.exit(code)


def _forget_output() -> None:
    """Point stdout at nothing, or Python would complain about the closed pipe at exit."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
