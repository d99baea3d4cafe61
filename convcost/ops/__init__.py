"""The ops, one rule per file: ``conv`` in ``conv.py``. A new file is a new op, with no list to edit.

Only ops that share a rule are listed here, by their file; a test holds this to the classes.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convcost.ops._base import OpBase

_TOGETHER: dict[str, tuple[str, ...]] = {
    "activation": (
        "relu",
        "relu6",
        "hardtanh",
        "silu",
        "mish",
        "hardswish",
        "hardsigmoid",
        "selu",
        "sigmoid",
        "tanh",
        "gelu",
        "softplus",
        "log_sigmoid",
    ),
    "adaptive_pool": ("adaptive_avg_pool", "global_avg_pool"),
    "parametric_activation": ("leaky_relu", "prelu", "elu", "celu"),
    "pool": ("max_pool", "avg_pool"),
    "softmax": ("softmax", "log_softmax"),
}


def _index() -> dict[str, str]:
    files = sorted(file[:-3] for file in os.listdir(os.path.dirname(__file__)) if file.endswith(".py"))  # noqa: PTH120, PTH208  (pathlib costs a cold start 10 ms)
    names = {file: _TOGETHER.get(file, (file,)) for file in files if file[0] != "_"}
    return {name: file for file, ops in names.items() for name in ops}


INDEX: dict[str, str] = _index()
"""Op name -> the module of this package it lives in."""


@cache
def op_class(name: str) -> type[OpBase]:
    """Return the class of an op; raises KeyError for a name that is no op."""
    module = import_module(f"convcost.ops.{INDEX[name]}")
    found: type[OpBase] = next(cls for cls in module.OPS if name == cls.NAME)
    return found
