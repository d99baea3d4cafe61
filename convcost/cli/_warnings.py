"""The warnings of a run, gathered to be written in one place."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from convcost.errors import ConvcostWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.errors import Diagnostic


@contextmanager
def gathered() -> Iterator[list[Diagnostic]]:
    """Gather convcost's warnings, each once; the list is complete after the block.

    Other packages' warnings are shown as Python shows them.
    """
    found: dict[tuple[str, str], Diagnostic] = {}
    result: list[Diagnostic] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvcostWarning)
        try:
            yield result
        finally:
            every = list(caught)
    for item in every:
        if isinstance(item.message, ConvcostWarning):
            diagnostic = item.message.diagnostic
            found.setdefault((str(diagnostic.loc), diagnostic.message), diagnostic)
        else:
            warnings.showwarning(item.message, item.category, item.filename, item.lineno)
    result += found.values()
