"""Small specs, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.errors import ConvcostError
from convcost.spec import load_text

if TYPE_CHECKING:
    from convcost.ir import Graph


def net(*layers: str, head: str = "", input: str = "[3, 32, 32]", tail: str = "") -> str:  # noqa: A002
    """Return a spec; its head is 3 lines, ``head`` follows, then ``layers:`` and a line per layer."""
    lines = "".join(f"  - {line}\n" for line in layers)
    return f"convcost: 1\nname: n\ninput: {input}\n{head}layers:\n{lines}{tail}"


def load(text: str | bytes, **settings: Any) -> Graph:
    return load_text(text.encode() if isinstance(text, str) else text, "net.yaml", **settings)


def layers(text: str, **settings: Any) -> dict[str, list[int]]:
    """Return the shapes of a spec's nodes by name."""
    return {node.name: list(node.shape) for node in load(text, **settings).layers}


def names(text: str, **settings: Any) -> list[str]:
    return list(layers(text, **settings))


def shape(text: str, **settings: Any) -> list[int]:
    """Return the shape of a network's only output."""
    graph = load(text, **settings)
    (output,) = graph.outputs
    return list(graph.shapes[output])


def op(text: str, name: str, **settings: Any) -> Any:
    """Return the op of a node."""
    return next(node.op for node in load(text, **settings).layers if node.name == name)


def wrong(text: str | bytes, **settings: Any) -> list[tuple[str, str, str, str | None]]:
    """Return a spec's diagnostics: code, line:column, message, hint."""
    try:
        load(text, **settings)
    except ConvcostError as error:
        return [(d.code, _at(d.loc), d.message, d.hint) for d in error.diagnostics]
    return []


def codes(text: str | bytes, **settings: Any) -> list[str]:
    return [code for code, *_ in wrong(text, **settings)]


def _at(loc: Any) -> str:
    return f"{loc.line}:{loc.column}" if loc else ""
