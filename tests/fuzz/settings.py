"""What stands behind an ``@``, after ``--set`` and after ``--input``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.engine import analyze
from convcost.errors import ConvcostError
from convcost.spec import load
from tests.fuzz.text import NAMES, NUMBERS, mangled, word

if TYPE_CHECKING:
    from random import Random

_ITEMS = (
    "wide",
    "wide",
    "width=8",
    "width=9",
    "kernel=1",
    "width=[8, 2]",
    "kernel=5",
    "input=3x16x16",
    "width=width",
    "none",
    "a=b",
    "=",
)
_SIZES = ("3x16x16", "1x1", "3x8x8x8x8", "3", "x", "3xx3", "3x0x3", "999999999999999999x1x1", "3X16X16", "")


class Asked(NamedTuple):
    """A SPEC, a var's value, and an input."""

    spec: str
    sets: dict[str, str]
    input: str | None


def draw(random: Random) -> Asked:
    """Return what is asked of the small network."""
    items = random.choices((*_ITEMS, *_ITEMS, *NUMBERS), k=random.choice((0, 1, 1, 2, 3)))
    spec = "tiny.yaml@" + ",".join(items) if random.random() < 0.7 else random.choice(NAMES)
    if random.random() < 0.2:
        spec = mangled(spec, random)
    sets = {
        random.choice(("width", "kernel", "w", "")): _value(random)
        for _ in range(random.choice((0, 0, 1, 2)))
    }
    size = random.choice((None, None, None, random.choice(_SIZES), mangled("3x16x16", random), word(random)))
    return Asked(spec, sets, size)


def _value(random: Random) -> str:
    expression = mangled("max(8, 2 * 8) if true else [1, 2]", random)
    return random.choice((random.choice(NUMBERS), word(random), expression))


def judge(asked: Asked) -> list[str]:
    """Read and analyse it."""
    try:
        analyze(load(asked.spec, sets=asked.sets, input=asked.input, stdin=b""))
    except ConvcostError as error:
        return [d.code for d in error.diagnostics]
    return ["networks"]
