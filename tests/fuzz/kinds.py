"""What can be fuzzed: for each reader of bytes a way to draw inputs, and one to judge them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.errors import ConvcostError
from tests.fuzz import baselines, budgets, commands, globs, named, refs, settings
from tests.fuzz.judge import SECONDS, Finding
from tests.fuzz.judge import judge as judge_spec
from tests.fuzz.mutate import an_input

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random


class Kind(NamedTuple):
    """A kind of input: ``judge`` returns what became of one, in words that can be counted.

    ``things``: how many an input asks for, each of which may take ``SECONDS``.
    """

    draw: Callable[[Random], Any]
    judge: Callable[[Any], list[str]]
    things: Callable[[Any], int] = lambda _: 1


def _spec(data: bytes) -> list[str]:
    verdict = judge_spec(data)
    return ["networks"] if verdict.layers is not None else list(verdict.codes)


OTHERS = {
    "budgets": Kind(budgets.draw, budgets.judge),
    "baselines": Kind(baselines.draw, baselines.judge),
    "named": Kind(named.draw, named.judge),
    "refs": Kind(refs.draw, refs.judge),
    "globs": Kind(globs.draw, globs.judge),
    "settings": Kind(settings.draw, settings.judge),
    "commands": Kind(commands.draw, commands.judge, commands.things),
}
"""Those that are judged in a folder of their own (``place``)."""

KINDS = {"specs": Kind(an_input, _spec), **OTHERS}


def tried(kind: Kind, drawn: Any) -> list[str]:
    """Judge an input; raises Finding for what is no answer and no error of ours, and what takes long."""
    start = time.process_time()
    try:
        said = kind.judge(drawn)
    except Finding as error:
        raise Finding(f"{error}: {drawn!r}") from None
    except ConvcostError as error:
        raise Finding(f"{type(error).__name__} came through: {error}: {drawn!r}") from error
    except Exception as error:
        raise Finding(f"{type(error).__name__}: {str(error)[:300]}: {drawn!r}") from error
    spent = time.process_time() - start
    if kind.judge is not _spec and spent > SECONDS * kind.things(drawn):
        raise Finding(f"{spent:.1f} s: {drawn!r}")
    return said
