"""Specs: YAML text to a :class:`convcost.ir.Graph`, every mistake with its position."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from convcost.errors import closest, did_you_mean
from convcost.ir import Graph, Node
from convcost.ops._input import Input
from convcost.spec.document import parse_document
from convcost.spec.doubts import doubt_input
from convcost.spec.expand import Expander
from convcost.spec.inputs import entries
from convcost.spec.locate import SpecRef, parse_ref, read_bytes
from convcost.spec.log import Log, Reported
from convcost.spec.names import join
from convcost.spec.read import decode, read
from convcost.spec.shares import shared
from convcost.spec.variables import evaluate_vars, variant_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcost.spec.names import Names, Output
    from convcost.spec.syntax import Document
    from convcost.spec.tree import Tree


def load(
    ref: str | SpecRef,
    *,
    sets: Mapping[str, str] | None = None,
    input: str | None = None,  # noqa: A002  (the option's and the key's name)
    stdin: bytes | None = None,
) -> Graph:
    """Return the graph of a spec: a path, a shipped name, or ``-`` for the bytes of ``stdin``.

    ``ref`` may carry a variant and settings (``resnet@50,classes=10,input=3x160x160``);
    ``sets`` and ``input`` apply on top. Raises SpecError with every mistake found, or
    UsageError for a spec that does not exist.
    """
    ref = parse_ref(ref) if isinstance(ref, str) else ref
    name, data = read_bytes(ref, stdin)
    settings = {**dict(ref.sets), **(sets or {})}
    size = ref.input if input is None else input
    return load_text(data, name, ref.variant, settings, size, spec=ref.spec)


def load_text(  # noqa: PLR0913  (the settings of a load; all but the text are optional)
    data: bytes,
    name: str = "<text>",
    variant: str | None = None,
    sets: Mapping[str, str] | None = None,
    size: str | None = None,
    *,
    spec: str | None = None,
    pure: bool = False,
) -> Graph:
    """Return the graph of a spec's text. ``size`` overrides the input, as in ``3x160x160``."""
    log = Log()
    document = parse_document(read(decode(data, name), log, pure=pure), log)
    try:
        chosen = variant_of(document, variant, log)
    except Reported:
        raise log.error() from None  # noqa: TRY400  (our log of mistakes, not logging's)
    outside = {key: setting(key, text) for key, text in (sets or {}).items()}
    names = evaluate_vars(document, chosen, outside, log)
    found = entries(document, chosen, size, names, log)
    for entry in found:
        doubt_input(entry.shape or (), entry.loc)
    exact = size is None and chosen.keys().isdisjoint({"input", "inputs"})
    expander = Expander(document, names, log, exact=exact)
    last = expander.run(found)
    outputs = _outputs(document, expander, last, log)
    _check_used(expander, outputs, log)
    log.raise_if_any()
    shapes = {entry.name: entry.shape or () for entry in found}
    shapes.update((node.name, node.shape) for node in expander.make.nodes)
    nodes = shared(expander.make.nodes, shapes, expander.shares, log)
    log.raise_if_any()
    sources = [Node(e.name, Input(size=e.shape or ()), (), e.shape or (), e.loc) for e in found]
    return Graph(document.name, (*sources, *nodes), outputs, spec or name, variant)


def setting(key: str, text: str) -> Tree:
    """Return the tree of an override's text: one flow value."""
    label = f"--set {key}"
    log = Log()
    tree = read(decode((text or "~").encode("utf-8", "surrogatepass"), label), log)
    log.raise_if_any()
    return tree


def _outputs(document: Document, expander: Expander, last: Output, log: Log) -> tuple[str, ...]:
    """Return the names of the output nodes: those listed, or the last line's."""
    if not document.outputs:
        if not expander.make.nodes and last.sure and not len(log):
            log.add("CC301", "the network has no layers", document.loc)
        return (last.name,)
    names, found = expander.names, []
    for item in document.outputs:
        tensor = names.find("", item.text)
        if tensor is not None and tensor.name in expander.inputs:
            log.add("CC308", "an output must be a layer, not the network's input", item.loc)
        elif tensor is None:
            hint = did_you_mean(closest(item.text, names.known("", item.text)))
            log.add("CC308", f"there is no layer {item.text!r}", item.loc, hint)
        else:
            found.append(tensor.name)
    return tuple(dict.fromkeys(found))


def _check_used(expander: Expander, outputs: tuple[str, ...], log: Log) -> None:
    """Report every result nothing reads that is no output; not where mistakes cut the graph."""
    if len(log):
        return
    nodes = expander.make.nodes
    used = {name for node in nodes for name in (*node.inputs, *node.like)}
    for entry in expander.inputs.values():
        if entry.name not in used:
            log.add(
                "CC309",
                f"nothing reads the input {entry.name!r}",
                entry.loc,
                "name it in a from:, or remove it",
            )
    for node in nodes:
        if node.name not in used and node.name not in outputs:
            hint = "name it in outputs:, or remove it"
            loc = node.loc if _is_result(node.name, expander.names) or not node.loc else node.loc.innermost
            log.add("CC309", f"nothing uses the result of {node.name!r}", loc, hint)


def _is_result(name: str, names: Names) -> bool:
    """Whether a layer is the last of a block or container, whose result it is."""
    levels = accumulate(name.split(".")[:-1], join)
    return any(tensor.name == name for level in levels if (tensor := names.tensors.get(level)))
