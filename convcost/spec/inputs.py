"""A network's inputs: ``input: [3, 224, 224]`` for one, ``inputs: {left: ..., right: ...}`` for several.

What is asked for from outside (``3x160x160``, ``left=3x64x64,right=3x64x64``) goes before a
variant's, and that before the document's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from convcost.errors import Loc, Source, brief, closest, did_you_mean
from convcost.ir import INPUT
from convcost.ops._fields import COUNT, FieldSpec
from convcost.spec.log import Reported
from convcost.spec.tree import Map, Scalar, Seq
from convcost.spec.values import Scope, check_integer, evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.ir import Shape
    from convcost.spec.arithmetic import Value
    from convcost.spec.log import Log
    from convcost.spec.syntax import Document
    from convcost.spec.tree import Tree

_SIZE = FieldSpec(COUNT, "a size", ge=1, name="input")
_RANKS = (2, 3, 4)
_FORM = "channels and sizes, as in [3, 224, 224]"
_SHOWN = 72  # characters of an --input that an error repeats
GUESS = (1, 1, 1)
"""The shape that stands in for one that is wrong, so that the lines can still be read."""


class Entry(NamedTuple):
    """An input: its name, its shape (None where the spec's is wrong), where it is written."""

    name: str
    shape: Shape | None
    loc: Loc


def entries(
    document: Document,
    variant: dict[str, Tree],
    size: str | None,
    names: dict[str, Value],
    log: Log,
) -> tuple[Entry, ...]:
    """Return a document's inputs, in their order; mistakes are in the log."""
    given = document.input
    trees = {INPUT: given} if given else {}
    if isinstance(given, Map):
        trees = dict(given.items)
    changed = variant.get("input") or variant.get("inputs")
    for name, tree in (*_named(changed, tuple(trees), log), *_asked(size, tuple(trees), log)):
        _override(trees, name, tree, log)
    look = Scope(names)
    return tuple([Entry(name, _shape(tree, look, log), tree.loc) for name, tree in trees.items()])


def _named(tree: Tree | None, known: tuple[str, ...], log: Log) -> Iterator[tuple[str, Tree]]:
    """Yield each input that a variant names; a plain shape is the one input's."""
    if isinstance(tree, Map):
        yield from tree.items.items()
    elif tree is not None and len(known) == 1:
        yield known[0], tree
    elif tree is not None and known:
        _ambiguous(known, tree.loc, f"inputs: {{{known[0]}: [3, 64, 64]}}", log)


def _asked(size: str | None, known: tuple[str, ...], log: Log) -> Iterator[tuple[str, Tree]]:
    """Yield what ``--input`` asks for: one shape, or a shape for each name it gives."""
    if size is None or not known:
        return
    loc = Loc(Source("--input", size[:_SHOWN]), 1, 1, max(min(len(size), _SHOWN), 1))
    for part in size.split(","):
        name, equals, text = part.rpartition("=")
        if not equals and len(known) > 1:
            _ambiguous(known, loc, f"--input {known[0]}=3x64x64", log)
            return
        words = [each.strip() for each in text.lower().split("x")]
        if not all(words) or len(text) > _SHOWN:
            message = f"an input is channels and sizes, as in 3x224x224, not {brief(text)}"
            log.add("CC304", message, loc)
            return
        sizes = tuple(Scalar(word, loc) for word in words)
        yield name.strip() if equals else known[0], Seq(sizes, loc)


def _ambiguous(known: tuple[str, ...], loc: Loc, example: str, log: Log) -> None:
    message = f"the network has {len(known)} inputs ({', '.join(known)}); say which one is meant"
    log.add("CC304", message, loc, f"as in {example}")


def _override(trees: dict[str, Tree], name: str, tree: Tree, log: Log) -> None:
    if name in trees:
        trees[name] = tree
        return
    hint = did_you_mean(closest(name, trees)) or f"its inputs: {', '.join(trees)}"
    log.add("CC313", f"the network has no input {name!r}", tree.loc, hint)


def _shape(tree: Tree, look: Scope, log: Log) -> Shape | None:
    """Return the shape an input's value says, None where it says none."""
    try:
        what = "a list of sizes"
        items = tree.items if isinstance(tree, Seq) else evaluate(tree, look, log, what, listed=True)
        if not isinstance(items, tuple):
            raise log.add("CC304", f"an input must be a list of {_FORM}", tree.loc)
        values = [_size(item, tree, look, log) for item in items]
    except Reported:
        return None
    if len(values) not in _RANKS:
        message = f"an input has channels and 1, 2 or 3 spatial sizes; this has {len(values)} values"
        log.add("CC304", message, tree.loc, "the batch is set by --batch")
        return None
    return tuple(values)


def _size(item: object, tree: Tree, look: Scope, log: Log) -> int:
    """Return one size: an entry of a list that is written out, or of a list that is a var."""
    if isinstance(item, Scalar | Seq | Map):
        return check_integer(evaluate(item, look, log), item, log, _SIZE)
    return check_integer(item, tree, log, _SIZE)
