"""The source of module classes that are an op's own: an export contains them."""

from __future__ import annotations

import ast
import builtins
import inspect
import re
from textwrap import dedent

OFFERED = frozenset({"Any", "F", "Tensor", "math", "nn", "torch"})
"""What the class of an op's module may use from outside: an export imports it."""


def own_classes(kind: type) -> tuple[tuple[str, str], ...]:
    """Return a module class and those it is derived from as source by name, but for torch's; bases first.

    Raises TypeError where the source would not stand alone.
    """
    ours = [each for each in reversed(kind.__mro__) if _is_ours(each)]
    sources = {each.__name__: _source(each) for each in ours}
    for name, source in sources.items():
        outside = sorted(_outside(source) - OFFERED - set(sources))
        if outside:
            raise TypeError(f"{name} uses {', '.join(outside)} from outside: an export would lack it")
    return tuple(sources.items())


def _is_ours(kind: type) -> bool:
    return kind.__module__.partition(".")[0] not in {"builtins", "torch"}


def _source(kind: type) -> str:
    """Return a class's text without what it says to our own type checker and linter."""
    return re.sub(r"  # (type: ignore|noqa).*", "", dedent(inspect.getsource(kind)).rstrip())


def _outside(source: str) -> set[str]:
    """Return the names that a class reads and does not define."""
    nodes = list(ast.walk(ast.parse(source)))
    read = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    arguments = {node.arg for node in nodes if isinstance(node, ast.arg)}
    return read - bound - arguments - set(dir(builtins))
