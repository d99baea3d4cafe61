"""Runs the examples in README.md and docs/: Python blocks are executed, YAML blocks read.

Between ``<!-- skip: start if(missing("torch"), reason="needs torch") -->`` and
``<!-- skip: end -->`` examples are run where there is torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser

from convcost.spec import load_text
from convcost.spec.log import Log
from convcost.spec.read import decode, read

if TYPE_CHECKING:
    from sybil import Example


def _read_yaml(example: Example) -> None:
    """Load a whole spec; of a fragment, check that the reader takes its form."""
    text = str(example.parsed)
    data = text.encode()
    if text.startswith("convcost:"):
        load_text(data, f"{example.path}:{example.line}")
        return
    log = Log()
    read(decode(data, example.path), log)
    log.raise_if_any()


def _missing(module: str) -> bool:
    """Whether a module cannot be imported."""
    try:
        import_module(module)
    except ImportError:
        return True
    return False


def _setup(namespace: dict[str, Any]) -> None:
    """Give a page's examples what their conditions ask for."""
    namespace["missing"] = _missing


pytest_collect_file = Sybil(
    parsers=[SkipParser(), PythonCodeBlockParser(), CodeBlockParser("yaml", _read_yaml)],
    patterns=["*.md"],
    setup=_setup,
).pytest()
