"""Where a mistake met in a block was made: in what its use says, or in the block itself."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from convcost.spec.expressions import names_in
from convcost.spec.log import Blamed
from convcost.spec.tree import Scalar, scalars
from convcost.spec.values import IN_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from convcost.errors import Loc
    from convcost.spec.context import Inside
    from convcost.spec.syntax import Block, Line
    from convcost.spec.tree import Tree

_OF_VALUES = frozenset({"CC203", "CC204", "CC205", "CC206", "CC207", "CC303", "CC308", "CC315"})
_OF_SHAPES = frozenset({"CC311", "CC401", "CC402", "CC403", "CC404", "CC405"})


def blamed(inside: Inside, code: str, loc: Loc) -> Blamed:
    """Return where to report a mistake met at ``loc``, in a block during one use of it.

    A value that comes from an argument is that argument's fault, a misfit of shapes that of
    the use; ``loc`` then lies inside. Anything else is wrong whatever the use says, and stays
    where it is.
    """
    if code not in _OF_VALUES | _OF_SHAPES:
        return Blamed(loc)
    causes = _causes(inside, _suspects(inside, code, loc), list(inside.block.args))
    given = [cause for cause, of_use in causes.items() if of_use]
    if not given and code in _OF_VALUES:
        return Blamed(next(iter(causes)).around(loc) if causes else loc)
    cause = given[0] if len(given) == 1 else inside.use.loc
    outer = inside.use.at.within
    above = blamed(outer, code, cause).loc if outer else cause
    return Blamed(above.around(loc), whole=cause is inside.use.loc)


def _suspects(inside: Inside, code: str, loc: Loc) -> list[str]:
    """Return the names in the value at ``loc``; where a number was wanted, those that are words."""
    value = next((scalar for scalar in _values(inside.block) if _covers(scalar.loc, loc)), None)
    names = list(names_in(value.text)) if value else []
    words = [name for name in names if isinstance(inside.args.get(name), str)]
    return words if words and code == "CC203" else names


def _causes(inside: Inside, names: Iterable[str], known: list[str]) -> dict[Loc, bool]:
    """Return where the values behind names are written, and whether that is in the block's use.

    ``known`` are the arguments seen there: a default sees those before it.
    """
    found: dict[Loc, bool] = {}
    for name in names:
        if name in IN_NAMES:
            found[inside.use.loc] = True
        elif name in inside.use.fields and name in known:
            found[inside.use.fields[name].loc] = True
        elif name in known:
            default = inside.block.args[name]
            used = chain.from_iterable(names_in(scalar.text) for scalar in scalars(default))
            found |= _causes(inside, used, known[: known.index(name)]) or {default.loc: False}
    return found


def _covers(value: Loc, loc: Loc) -> bool:
    """Whether a position lies in a value."""
    same_line = (value.source, value.line) == (loc.source, loc.line)
    return same_line and value.column <= loc.column < value.column + value.length


def _values(block: Block) -> Iterator[Scalar]:
    """Yield every value in a block: those of its lines, and the defaults of its arguments."""
    for tree in chain(_trees(block.lines), block.args.values()):
        yield from scalars(tree)


def _trees(lines: tuple[Line, ...]) -> Iterator[Tree]:
    for line in lines:
        yield from (line.op, line.fields, *line.common.values(), *line.guards.values())
        parts = [*(lines for _, lines in line.branches), line.body]
        if isinstance(line.shortcut, tuple):
            parts.append(line.shortcut)
        elif line.shortcut is not None:
            yield line.shortcut
        for part in parts:
            yield from _trees(part)
