"""A spec's text with a variant and settings written into it: what it analyses to, without the ``@``."""

from __future__ import annotations

import os.path
import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import yaml

from convcost.spec import load_text, setting
from convcost.spec.document import parse_document
from convcost.spec.locate import read_bytes
from convcost.spec.log import Log
from convcost.spec.quoting import flow
from convcost.spec.read import decode, read
from convcost.spec.write import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from convcost.ir import Graph
    from convcost.spec.locate import SpecRef
    from convcost.spec.syntax import Document

_SCHEMA = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "schemas", "spec.schema.json"
)
_SCHEMA_LINE = re.compile(r"(?m)^(# yaml-language-server: \$schema=)\.\./\S+$")


class _Edit(NamedTuple):
    """A part of the text, from ``start`` to ``end``, and what stands there instead."""

    start: int
    end: int
    text: str


def standalone(ref: SpecRef, stdin: bytes | None = None) -> str:
    """Return the text of a spec, which reads back as the network ``ref`` means.

    Raises SpecError where that has mistakes. The way to the schema is the installed one's.
    """
    name, data = read_bytes(ref, stdin)
    source = decode(data, name)
    text = (
        source.text
        if source.is_file
        else _SCHEMA_LINE.sub(lambda line: line.group(1) + _schema(), source.text)
    )
    if ref.variant is None and not ref.sets and not ref.input:
        return text
    graph = load_text(data, name, ref.variant, dict(ref.sets), ref.input)
    remark = f"# {_shown(ref)}, written out\n"
    return remark + _written(text, ref, graph)


def _schema() -> str:
    return _SCHEMA.replace(os.sep, "/")


def _shown(ref: SpecRef) -> str:
    words = [ref.variant or "", *(f"{name}={text}" for name, text in ref.sets)]
    words += [f"input={ref.input}"] if ref.input else []
    return f"{ref.spec}@{','.join(words)}".replace("\n", " ")


def _written(text: str, ref: SpecRef, graph: Graph) -> str:
    """Return the text edited, or the graph layer by layer where the text's form does not allow it."""
    log = Log()
    document = parse_document(read(decode(text.encode(), "spec"), log), log)
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if isinstance(root, yaml.MappingNode) and not root.flow_style:
        edited = _edited(text, [*_edits(root, text, document, ref, graph)])
        if _same(edited, graph):
            return edited
    return write(graph)


def _same(text: str, graph: Graph) -> bool:
    """Whether a text reads as this network."""
    again = load_text(text.encode())
    nodes = [[replace(node, loc=None) for node in one.nodes] for one in (again, graph)]
    return nodes[0] == nodes[1] and again.outputs == graph.outputs


def _edits(
    root: yaml.MappingNode, text: str, document: Document, ref: SpecRef, graph: Graph
) -> Iterator[_Edit]:
    """Yield what is to be replaced: values of vars and inputs, shapes expected, and the variants."""
    top = {key.value: (key, value) for key, value in root.value}
    variant = document.variants[ref.variant] if ref.variant is not None else {}
    values = {**variant, **{name: setting(name, given) for name, given in ref.sets}}
    if "vars" in top:
        yield from _replaced(top["vars"][1], {name: flow(tree) for name, tree in values.items()})
    resized = ref.input is not None or not variant.keys().isdisjoint({"input", "inputs"})
    if resized:
        yield from _inputs(top, graph)
        for key in ("blocks", "layers"):
            yield from _expected(top[key][1]) if key in top else ()
    yield from (_Edit(*_lines(text, *top[key]), "") for key in ("variants", "budget") if key in top)
    if "budget" in variant:
        at, _ = _lines(text, *top["layers"])
        yield _Edit(at, at, f"budget: {flow(variant['budget'])}\n")


def _replaced(mapping: yaml.Node, values: dict[str, str]) -> Iterator[_Edit]:
    """Yield the edits that give keys of a mapping other values."""
    for key, value in mapping.value if isinstance(mapping, yaml.MappingNode) else ():
        if key.value in values:
            yield _Edit(value.start_mark.index, _end(value), values[key.value])


def _inputs(top: dict[str, tuple[yaml.Node, yaml.Node]], graph: Graph) -> Iterator[_Edit]:
    shapes = {name: str(list(shape)) for name, shape in graph.inputs.items()}
    if "inputs" in top:
        yield from _replaced(top["inputs"][1], shapes)
    elif "input" in top:
        value = top["input"][1]
        yield _Edit(value.start_mark.index, _end(value), *shapes.values())


def _expected(node: yaml.Node) -> Iterator[_Edit]:
    """Yield the edits that leave ``expect:`` its rank and channels: sizes are another input's."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _expected(item)
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if key.value == "expect" and isinstance(value, yaml.SequenceNode):
            yield from (_Edit(size.start_mark.index, _end(size), "~") for size in value.value[1:])
        else:
            yield from _expected(value)


def _end(node: yaml.Node) -> int:
    """Return where a value ends: a block's mark is only where the next token begins."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _lines(text: str, key: yaml.Node, value: yaml.Node) -> tuple[int, int]:
    """Return where the lines of a key and its value begin and end."""
    end = text.find("\n", _end(value))
    return text.rfind("\n", 0, key.start_mark.index) + 1, len(text) if end < 0 else end + 1


def _edited(text: str, edits: list[_Edit]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text
