"""The ops, one rule per file: ``conv`` in ``conv.py``. A new file is a new op, or several that share a rule.

There is no list to edit: which op is where is read off the files, without importing them.
"""

from __future__ import annotations

import os
import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convcost.ops._base import OpBase

_FOLDER = os.path.dirname(__file__)  # noqa: PTH120  (pathlib costs a cold start 10 ms)
_NAME = re.compile(r'\n    NAME(?:: ClassVar\[str\])? = "(\w+)"')


def _index() -> dict[str, str]:
    files = sorted(file[:-3] for file in os.listdir(_FOLDER) if file.endswith(".py") and file[0] != "_")  # noqa: PTH208  (as above)
    return {name: file for file in files for name in _NAME.findall(_text(file))}


def _text(file: str) -> str:
    with open(f"{_FOLDER}/{file}.py", encoding="utf-8") as opened:  # noqa: PTH123  (as above)
        return opened.read()


INDEX: dict[str, str] = _index()
"""Op name -> the module of this package it lives in."""


@cache
def op_class(name: str) -> type[OpBase]:
    """Return the class of an op; raises KeyError for a name that is no op."""
    module = import_module(f"convcost.ops.{INDEX[name]}")
    found: type[OpBase] = next(cls for cls in module.OPS if name == cls.NAME)
    return found
