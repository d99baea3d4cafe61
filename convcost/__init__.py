"""convcost: what a convolutional network costs, exactly, without torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.version import __version__

if TYPE_CHECKING:
    from convcost.api import (
        Comparison,
        Report,
        analyze,
        breakeven,
        compare,
        convolutionalize,
        insert_reductions,
        roles,
        to_dict,
        without_reductions,
    )
    from convcost.errors import ConvcostError, Diagnostic, SpecError, UsageError
    from convcost.ir import Graph
    from convcost.networks import load

__all__ = [
    "Comparison",
    "ConvcostError",
    "Diagnostic",
    "Graph",
    "Report",
    "SpecError",
    "UsageError",
    "__version__",
    "analyze",
    "breakeven",
    "compare",
    "convolutionalize",
    "insert_reductions",
    "load",
    "roles",
    "to_dict",
    "without_reductions",
]

_HOMES = {
    "analyze": "api",
    "compare": "api",
    "load": "networks",
    "breakeven": "api",
    "convolutionalize": "api",
    "insert_reductions": "api",
    "roles": "api",
    "to_dict": "api",
    "without_reductions": "api",
    "Comparison": "api",
    "ConvcostError": "errors",
    "Diagnostic": "errors",
    "SpecError": "errors",
    "UsageError": "errors",
    "Graph": "ir",
    "Report": "api",
}


if not TYPE_CHECKING:  # a checker would take it for leave to misspell

    def __getattr__(name: str) -> Any:
        """Import a public name when it is first asked for, so that ``import convcost`` costs nothing."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(f"convcost.{_HOMES[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
