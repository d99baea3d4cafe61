"""``expect:``: the shape a line's output should have, compared with the one it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.spec.literals import SIZE
from convcost.spec.log import Reported
from convcost.spec.tree import Map, Scalar, Seq
from convcost.spec.values import check_integer, evaluate, untyped

if TYPE_CHECKING:
    from convcost.spec.arithmetic import Value
    from convcost.spec.log import Log
    from convcost.spec.names import Output
    from convcost.spec.tree import Tree
    from convcost.spec.values import Scope


def check_shape(given: Tree, out: Output, look: Scope, log: Log, *, exact: bool) -> None:
    """Compare an output with what was expected; without ``exact``, its rank and channels alone."""
    try:
        wanted = _sizes(given, look, log)
    except Reported:
        return
    compared = wanted if exact else [*wanted[:1], *(None for _ in wanted[1:])]
    same = len(wanted) == len(out.shape) and all(
        want in {None, size} for want, size in zip(compared, out.shape, strict=True)
    )
    if out.sure and not same:
        shown = ", ".join("~" if want is None else str(want) for want in wanted)
        log.add("CC402", f"expected [{shown}], but the output is {list(out.shape)}", given.loc)


def _sizes(given: Tree, look: Scope, log: Log) -> list[int | None]:
    """Return a shape to compare with; None matches any size."""
    items = given.items if isinstance(given, Seq) else untyped(given, look, log)
    if not isinstance(items, tuple):
        raise log.add("CC304", "expect: must be a shape, as in [~, 7, 7]", given.loc)
    return [_size(item, given, look, log) for item in items]


def _size(item: Tree | Value, given: Tree, look: Scope, log: Log) -> int | None:
    """Return one entry of a shape, written out or a var's."""
    if item is None or (isinstance(item, Scalar) and item.null):
        return None
    if isinstance(item, Scalar | Seq | Map):
        return check_integer(evaluate(item, look, log), item, log, SIZE)
    return check_integer(item, given, log, SIZE)
