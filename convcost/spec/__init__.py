"""Specs: YAML text to a :class:`convcost.ir.Graph`, every mistake with its position."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.errors import Loc, Source, closest, did_you_mean
from convcost.ir import INPUT, Graph, Node
from convcost.ops._fields import COUNT, FieldSpec
from convcost.ops._input import Input
from convcost.spec.count import check_count
from convcost.spec.document import parse_document
from convcost.spec.expand import Expander
from convcost.spec.locate import SpecRef, checked_size, parse_ref, read_bytes
from convcost.spec.log import Log, Reported
from convcost.spec.read import decode, read
from convcost.spec.tree import Map, Scalar, Seq
from convcost.spec.values import Scope, check_integer, evaluate
from convcost.spec.variables import evaluate_vars, variant_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from convcost.ir import Shape
    from convcost.spec.names import Names, Output
    from convcost.spec.syntax import Document
    from convcost.spec.tree import Tree

_CHANNELS = FieldSpec(COUNT, "a size", ge=1, name="input")
_RANKS = (2, 3, 4)


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
    outside = {key: _setting(key, text) for key, text in (sets or {}).items()}
    names = evaluate_vars(document, chosen, outside, log)
    check_count(document, names, log)
    shape = _input_shape(document, chosen, size, names, log)
    exact = size is None and "input" not in chosen
    expander = Expander(document, names, log, exact=exact)
    last = expander.run(shape or (1, 1, 1), sure=shape is not None)
    outputs = _outputs(document, expander.names, last, log)
    _check_used(expander, outputs, log)
    log.raise_if_any()
    loc = document.input.loc if document.input else None
    source = Node(INPUT, Input(size=shape or ()), (), shape or (), loc)
    return Graph(document.name, (source, *expander.make.nodes), outputs, spec or name, variant)


def _setting(key: str, text: str) -> Tree:
    """Return the tree of an override's text: one flow value."""
    label = f"--set {key}"
    log = Log()
    tree = read(decode((text or "~").encode("utf-8", "surrogatepass"), label), log)
    log.raise_if_any()
    return tree


def _input_shape(
    document: Document, variant: dict[str, Tree], size: str | None, names: dict[str, object], log: Log
) -> Shape | None:
    """Return the network's input: what was asked for, the variant's, or the document's."""
    tree = variant.get("input", document.input)
    if size is not None:
        tree = _size_tree(size)
    if tree is None:
        return None
    look = Scope(names)
    try:
        items = tree.items if isinstance(tree, Seq) else evaluate(tree, look, log, "a list of sizes")
        if not isinstance(items, tuple):
            raise log.add("CC304", "input: is a list of channels and sizes, as in [3, 224, 224]", tree.loc)
        values = [_size(item, tree, look, log) for item in items]
    except Reported:
        return None
    if len(values) not in _RANKS:
        message = f"input: has channels and 1, 2 or 3 spatial sizes; this has {len(values)} values"
        log.add("CC304", message, tree.loc, "the batch stands apart: --batch")
        return None
    return tuple(values)


def _size(item: object, tree: Tree, look: Scope, log: Log) -> int:
    """Return one size: an entry of a list that is written out, or of a list that is a var."""
    if isinstance(item, Scalar | Seq | Map):
        return check_integer(evaluate(item, look, log), item, log, _CHANNELS)
    return check_integer(item, tree, log, _CHANNELS)


def _size_tree(size: str) -> Seq:
    loc = Loc(Source(f"--input {size}", size), 1, 1, max(len(size), 1))
    return Seq(tuple(Scalar(str(part), loc) for part in checked_size(size)), loc)


def _outputs(document: Document, names: Names, last: Output, log: Log) -> tuple[str, ...]:
    """Return the names of the output nodes: those listed, or the last line's."""
    if not document.outputs:
        if last.name == INPUT and last.sure and not len(log):
            log.add("CC301", "the network has no layers", document.loc)
        return (last.name,)
    found = []
    for item in document.outputs:
        tensor = names.find("", item.text)
        if tensor is not None and tensor.name == INPUT:
            log.add("CC308", "an output is a layer's, not the network's input", item.loc)
        elif tensor is None:
            hint = did_you_mean(closest(item.text, names.known("")))
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
    for node in nodes:
        if node.name not in used and node.name not in outputs:
            hint = "name it in outputs:, or take it out"
            log.add("CC309", f"nothing uses the result of {node.name!r}", node.loc, hint)
