"""How much a spec may grow: refused as soon as it is certain to be too much, and not after it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from convcost.spec.expressions import names_in
from convcost.spec.syntax import MAX_LEVELS, NONE, PROJECT, RESIDUAL, UNKNOWN
from convcost.spec.tree import scalars

if TYPE_CHECKING:
    from convcost.errors import Loc
    from convcost.spec.log import Log
    from convcost.spec.syntax import Document, Line

MAX_LAYERS = 1_000_000
MAX_IDLE = 20_000
"""Lines that come to no layer: work for nothing. For each layer there may be ten more."""
ENOUGH = 20
"""Repetitions that are always gone through: of more, those that are wrong and those ahead are not."""
LARGE = 5_000
"""Lines gone through after which a network is looked at ahead, and no longer gone through in vain."""


class Enough(Exception):  # noqa: N818  (a control-flow signal)
    """So much was looked at ahead."""


class Growth:
    """Counts the lines gone through and what they came to."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.lines = 0
        self.idle = 0

    def step(self) -> bool:
        """Count a line or repetition; return whether it is time to look ahead. A large spec ends at its first mistake."""
        self.lines += 1
        if self.lines >= LARGE and len(self.log):
            raise self.log.error()
        return self.lines == LARGE

    def done(self, before: int, layers: int, loc: Loc) -> None:
        """Refuse a spec nearly all of whose lines come to no layer: there are as many layers as before."""
        self.idle += before == layers
        if self.idle > MAX_IDLE + 10 * layers:
            self.log.add("CC311", f"the spec expands to {self.idle:,} lines without a layer", loc)
            raise self.log.error()

    def check(self, layers: int, loc: Loc) -> None:
        """Refuse what comes to more layers than anything could use."""
        if layers > MAX_LAYERS:
            too_many(self.log, loc)


def too_many(log: Log, loc: Loc) -> NoReturn:
    """Give up a spec that expands to more layers than anything could use."""
    log.add("CC311", f"the spec expands to more than {MAX_LAYERS:,} layers", loc)
    raise log.error()


def alike(line: Line) -> bool:
    """Whether all repetitions of a line but the first do the same to the same shape."""
    texts = (scalar.text for tree in line.fields.items.values() for scalar in scalars(tree))
    own = not line.body and not line.branches and "last" not in line.common
    return own and "index" not in {name for text in texts for name in names_in(text)}


def check_least(document: Document, growth: Growth) -> None:
    """Refuse a document whose lines come to too many layers even if each is used once.

    Blocks that each use the one before twice double without any repeat.
    """
    known: dict[tuple[str, int], int] = {}
    total = 0
    for line in document.lines:
        total += _least(line, document, known, 0)
        growth.check(total, line.loc)


def _least(line: Line, document: Document, known: dict[tuple[str, int], int], depth: int) -> int:
    """Return how many layers a line has at least: 0 where that hangs on a value."""
    if "when" in line.common or "repeat" in line.common or depth > MAX_LEVELS:
        return 0
    op = line.op.text
    block = document.blocks.get(op)
    if block is not None and (op, depth) not in known:
        known[op, depth] = 0  # a block within itself is an error found later
        known[op, depth] = sum([_least(inner, document, known, depth + 1) for inner in block.lines])
    if block is not None:
        return known[op, depth]
    held = [*(lines for key, lines in line.branches if key not in line.guards), line.body]
    inside = sum([_least(inner, document, known, depth + 1) for lines in held for inner in lines])
    own = not line.guards and op not in {PROJECT, NONE, UNKNOWN, RESIDUAL} and not op.startswith("$")
    return inside + own
