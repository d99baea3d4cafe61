"""A network as readable PyTorch source that needs nothing but torch.

Its parameters carry the names of :func:`convcost.torch_backend.build`'s, so that a
``state_dict`` of the one loads into the other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import torch

from convcost.torch_backend.export_classes import Class, constructs, plan, title
from convcost.torch_backend.export_forward import Forward, attribute, is_attribute
from convcost.torch_backend.export_helpers import HELPERS
from convcost.torch_backend.export_text import STEP, Group, Part, Repeat, call, statement
from convcost.torch_backend.export_tree import Leaf, Level, tree
from convcost.torch_backend.export_written import NEEDED, Construct
from convcost.torch_backend.graph_module import GraphModule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.ir import Graph
    from convcost.torch_backend.export_text import Doc
    from convcost.torch_backend.export_written import Value

BY_POSITION = 3
"""A call with more needed arguments than this names those after the second."""


def source(graph: Graph) -> str:
    """Return a module's text; its last class is the network, made without arguments."""
    with torch.device("meta"):
        network = GraphModule(graph)
    root = tree(graph, network)
    own = dict(pair for made in constructs(root) for pair in made.classes)
    classes = plan(root, title(graph.name), {*HELPERS, *own})
    body = "\n\n\n".join(_Writer(each).text() for each in classes)
    helpers = [*own.values(), *(text for name, text in HELPERS.items() if f"{name}(" in body)]
    parts = [_imports("\n".join([body, *helpers])), *helpers, body]
    return _opening(graph) + "\n\n" + "\n\n\n".join(parts) + "\n"


def _opening(graph: Graph) -> str:
    shapes = [f"{'×'.join(map(str, shape))}" for shape in graph.inputs.values()]
    what = f"an input of {shapes[0]}" if len(shapes) == 1 else f"inputs of {' and '.join(shapes)}"
    costs = [node.op.cost(graph.inputs_of(node), node.shape) for node in graph.nodes]
    params = sum(cost.params for node, cost in zip(graph.nodes, costs, strict=True) if not node.shares)
    variant = f"@{graph.variant}" if graph.variant else ""
    counts = f"{params:,} parameters, {sum(c.macs for c in costs):,} multiply-accumulates"
    return f'"""{graph.name}{variant}, for {what}.\n\n{counts}.\n"""'


def _imports(text: str) -> str:
    lines = ["import math"] if "math." in text else []
    if "OrderedDict(" in text:
        lines.append("from collections import OrderedDict")
    if re.search(r"\bAny\b", text):
        lines.append("from typing import Any")
    lines += [""] if lines else []
    if "torch." in text:
        lines.append("import torch")
    if "F." in text:
        lines.append("import torch.nn.functional as F")
    tensor = "Tensor, " if "Tensor" in text else ""
    return "\n".join([*lines, f"from torch import {tensor}nn"])


class _Writer:
    """Writes one class."""

    def __init__(self, written: Class) -> None:
        self.written = written
        self.level = written.model
        self.names = written.names()
        self.stored: dict[str, None] = {}

    def text(self) -> str:
        base = "nn.Sequential" if self.written.is_sequential else "nn.Module"
        head = [f"class {self.written.name}({base}):", f'{STEP}"""{self._about()}"""', ""]
        body = self._sequential_body() if self.written.is_sequential else self._module_body()
        return "\n".join(head + body)

    def _about(self) -> str:
        first, *others = self.written.paths
        if not first:
            return "The whole network."
        if not others:
            return f"Stands at {first}."
        rest = f"{others[0]}" if len(others) == 1 else f"{len(others)} more"
        return f"Stands at {first} and {rest}."

    def _init(self) -> list[str]:
        parts = [Part("", "self")]
        for p in self.written.parameters:
            default = "" if p.default == NEEDED else f" = {_literal(p.default)}"
            parts.append(Part("", f"{p.name}: {p.annotation}{default}"))
        return statement("def __init__", Group("(", tuple(parts), ")"), " -> None:", STEP)

    def _sequential_body(self) -> list[str]:
        inner = self._sequence(self.level, ())
        return self._init() + statement("", call("super().__init__", *inner), "", STEP * 2)

    def _module_body(self) -> list[str]:
        forward = Forward(self.level, self._said)
        run = forward.lines(STEP * 2)
        lines = [*self._init(), f"{STEP * 2}super().__init__()"]
        lines += [f"{STEP * 2}self.{name} = {name}" for name in self.stored]
        for item in self.level.items:
            if item.twin is None and (isinstance(item, Level) or item.written.module):
                lines += self._assignment(item)
        given = ", ".join(["Tensor"] * len(self.level.gives))
        result = given if len(self.level.gives) == 1 else f"tuple[{given}]"
        parts = (Part("", "self"), *(Part("", f"{name}: Tensor") for name in forward.arguments))
        head = statement("def forward", Group("(", parts, ")"), f" -> {result}:", STEP)
        return [*lines, "", *head, *run]

    def _assignment(self, item: Leaf | Level) -> list[str]:
        doc = self._doc(item, ())
        if is_attribute(item.key):
            return statement(f"{attribute(item.key)} = ", doc, "", STEP * 2)
        return statement("", call("self.add_module", Part("", f'"{item.key}"'), Part("", doc)), "", STEP * 2)

    def _said(self, key: str, name: str, value: Value) -> str:
        """Return how ``forward`` says a value: as it is, or as what the constructor stored."""
        parameter = self.names.get((key, name))
        if parameter is None:
            return _literal(value)
        self.stored[parameter] = None
        return f"self.{parameter}"

    def _doc(self, item: Leaf | Level, before: tuple[str, ...]) -> Doc:
        path = (*before, item.key)
        made = item.made if isinstance(item, Level) else item.written.module
        if isinstance(made, Construct):
            return self._construct(made, path)
        if not isinstance(item, Level):
            raise TypeError(item)
        return call("nn.Sequential", *self._sequence(item, path))

    def _sequence(self, level: Level, path: tuple[str, ...]) -> tuple[Part, ...]:
        """Return the arguments of an ``nn.Sequential``: numbered items as they are, others by name."""
        docs = [self._doc(item, path) for item in level.items]
        if level.is_numbered:
            return tuple(Part("", doc) for doc in _runs(docs))
        keys = [item.key for item in level.items]
        if all(is_attribute(key) for key in keys):
            parts = (Part(f"{key}=", doc) for key, doc in zip(keys, docs, strict=True))
            return (Part("", call("OrderedDict", *parts)),)
        parts = (Part(f'"{key}": ', doc) for key, doc in zip(keys, docs, strict=True))
        return (Part("", call("OrderedDict", Part("", Group("{", tuple(parts), "}")))),)

    def _construct(self, made: Construct, path: tuple[str, ...]) -> Group:
        needed = [arg for arg in made.args if arg.default == NEEDED]
        named = needed[BY_POSITION - 1 :] if len(needed) > BY_POSITION else []
        parts = []
        for arg in made.args:
            parameter = self.names.get((*path, arg.name))
            if parameter is None and _same(arg.value, arg.default):
                continue
            before = "" if arg in needed and arg not in named else f"{arg.name}="
            parts.append(Part(before, parameter or _literal(arg.value)))
        return call(made.target, *parts)


def _same(value: Value, default: Value) -> bool:
    return type(value) is type(default) and value == default


def _literal(value: Value) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _runs(docs: Iterable[Doc]) -> list[Doc]:
    """Return the documents, three or more alike in a row written once."""
    groups: list[list[Doc]] = []
    for doc in docs:
        if groups and groups[-1][0] == doc:
            groups[-1].append(doc)
        else:
            groups.append([doc])
    found: list[Doc] = []
    for group in groups:
        first = group[0]
        alike = len(group) >= _REPEATED and isinstance(first, Group)
        found += [Repeat(first, len(group))] if alike and isinstance(first, Group) else group
    return found


_REPEATED = 3
