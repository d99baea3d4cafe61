"""What must hold whatever the bytes: figures or our own errors, both parsers alike, in bounded time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.engine import analyze
from convcost.errors import ConvcostError, SpecError
from convcost.spec import load_text
from convcost.spec.log import Log
from convcost.spec.read import decode, read
from convcost.spec.tree import Map, Scalar

if TYPE_CHECKING:
    from convcost.errors import Source
    from convcost.spec.tree import Tree

SECONDS = 2.0
SECONDS_PER_LAYER = 0.0005  # a spec may ask for a million layers, and then it gets them


class Finding(Exception):  # noqa: N818  (what the fuzzer finds)
    """An input that broke a promise."""


class Verdict(NamedTuple):
    """What became of an input: the layers of its network, or None and the codes it got."""

    layers: int | None
    codes: tuple[str, ...]


def judge(data: bytes) -> Verdict:
    """Read an input both ways, build its network and analyse it; raises Finding with the input."""
    try:
        _agree(data)
        return _build(data)
    except Finding:
        raise
    except RecursionError as error:
        raise Finding(f"RecursionError: {data!r}") from error
    except Exception as error:
        raise Finding(f"{type(error).__name__}: {error}: {data!r}") from error


def _build(data: bytes) -> Verdict:
    start = time.process_time()
    layers, codes = None, ()
    try:
        graph = load_text(data)
        layers = len(graph.layers)
        analyze(graph)
    except ConvcostError as error:
        codes = tuple(d.code for d in error.diagnostics)
        if not codes:
            raise Finding(f"an error that says nothing: {data!r}") from None
    spent = time.process_time() - start
    if spent > max(SECONDS, SECONDS_PER_LAYER * (layers or 0)):
        raise Finding(f"{spent:.1f} s: {data!r}")
    return Verdict(layers, codes)


def _agree(data: bytes) -> None:
    try:
        source = decode(data, "fuzz")
    except SpecError:
        return
    fast, pure = (parsed(source, pure=pure) for pure in (False, True))
    if fast != pure:
        raise Finding(f"the parsers differ: {_first_difference(fast, pure)}: {data!r}")


def parsed(source: Source, *, pure: bool) -> Any:
    """Return a source's tree and complaints, comparable; or that it was refused whole."""
    log = Log()
    try:
        tree = read(source, log, pure=pure)
    except SpecError:  # the parsers put it in different words
        return "refused"
    complaints = log.error().diagnostics
    return flat(tree), [(d.code, d.message, d.loc and d.loc[1:3]) for d in complaints]


def _first_difference(a: Any, b: Any) -> str:
    """Return the smallest parts in which two trees differ."""
    if isinstance(a, dict) and isinstance(b, dict) and list(a) == list(b):
        a, b = list(a.values()), list(b.values())
    if isinstance(a, list | tuple) and isinstance(b, list | tuple) and len(a) == len(b):
        return next(_first_difference(x, y) for x, y in zip(a, b, strict=True) if x != y)
    return f"{a!r:.300} and {b!r:.300}"


def flat(tree: Tree) -> Any:
    """Return a tree as plain data, with positions."""
    at = tree.loc[1:3]
    if isinstance(tree, Scalar):
        return at, tree.text, tree.quoted, tree.broken
    if isinstance(tree, Map):
        return at, {key: (flat(tree.keys[key]), flat(value)) for key, value in tree.items.items()}
    return at, [flat(item) for item in tree.items]
