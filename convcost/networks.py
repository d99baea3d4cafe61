"""What people give as a network, made a graph: a name, a path, a mapping, or a graph already."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from convcost.errors import Diagnostic, UsageError
from convcost.ir import Graph

if TYPE_CHECKING:
    from collections.abc import Sequence

    Size = str | Sequence[int] | Mapping[str, Sequence[int]]

Spec = str | os.PathLike[str] | Mapping[str, Any]
"""A spec: text as on the command line, a path, or what its YAML would hold as dicts and lists."""


def load(
    spec: Spec,
    *,
    sets: Mapping[str, object] | None = None,
    input: Size | None = None,  # noqa: A002  (the word of the spec language)
) -> Graph:
    """Read a spec and return its graph.

    ``spec`` is what the command line takes, a path or the name of a spec that ships, with
    ``@variant,var=value`` after it; a ``pathlib.Path``; or a mapping with a spec's keys.
    ``sets`` overrides vars; ``input`` is a shape per sample, ``(3, 160, 160)`` or
    ``"3x160x160"``, or a shape for each input by name. Raises ConvcostError, whose ``diagnostics`` say everything that is wrong.
    """
    from convcost.engine import settle

    words = {name: _written(value) for name, value in (sets or {}).items()}
    return settle(read(spec, words, None if input is None else _size(input)))


def graph_of(network: Spec | Graph) -> Graph:
    """Return a network's graph, what may work in place being decided."""
    return network if isinstance(network, Graph) else load(network)


def read(spec: object, sets: Mapping[str, str] | None = None, size: str | None = None) -> Graph:
    """Return the graph of a Spec, refusing anything else; what may work in place is left open."""
    from convcost.spec import load as from_text
    from convcost.spec import load_text
    from convcost.spec.locate import SpecRef

    if isinstance(spec, str):
        return from_text(spec, sets=sets, input=size)
    if isinstance(spec, os.PathLike):
        path = os.fspath(spec)
        return from_text(SpecRef(path if os.sep in path else f".{os.sep}{path}"), sets=sets, input=size)
    if isinstance(spec, Mapping):
        from convcost.spec.mapping import yaml_of

        return load_text(yaml_of(spec).encode(), "<mapping>", sets=sets, size=size)
    kind = type(spec).__name__
    message = f"a network is a spec's name, its path, a mapping with a spec's keys or a Graph, not {kind}"
    raise UsageError(
        Diagnostic("CC905", message, hint="torch modules are not read: write the network as a spec")
    )


def _size(given: Size) -> str:
    """Return input shapes as --input takes them."""
    if isinstance(given, Mapping):
        return ",".join(f"{name}={_size(shape)}" for name, shape in given.items())
    return given if isinstance(given, str) else "x".join(map(str, given))


def _written(value: object) -> str:
    """Return a Python value as the spec language writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_written, value)) + "]"
    return str(value)
