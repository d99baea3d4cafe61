"""The ops, one rule per file. This index maps names to files; a test holds it complete."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convcost.ops._base import OpBase

_FILES: dict[str, tuple[str, ...]] = {
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
    "adaptive_max_pool": ("adaptive_max_pool",),
    "adaptive_pool": ("adaptive_avg_pool", "global_avg_pool"),
    "add": ("add",),
    "attention": ("attention",),
    "bn": ("bn",),
    "channel_shuffle": ("channel_shuffle",),
    "concat": ("concat",),
    "conv": ("conv",),
    "conv_transpose": ("conv_transpose",),
    "crop": ("crop",),
    "dropout": ("dropout",),
    "flatten": ("flatten",),
    "group_norm": ("group_norm",),
    "identity": ("identity",),
    "instance_norm": ("instance_norm",),
    "layer_norm": ("layer_norm",),
    "leaky": ("leaky_relu", "prelu", "elu", "celu"),
    "linear": ("linear",),
    "lrn": ("lrn",),
    "matmul": ("matmul",),
    "mul": ("mul",),
    "pad": ("pad",),
    "permute": ("permute",),
    "pixel_shuffle": ("pixel_shuffle",),
    "pool": ("max_pool", "avg_pool"),
    "reshape": ("reshape",),
    "scale": ("scale",),
    "slice": ("slice",),
    "softmax": ("softmax", "log_softmax"),
    "upsample": ("upsample",),
}

INDEX: dict[str, str] = {name: file for file, names in _FILES.items() for name in names}
"""Op name -> the module of this package it lives in."""


@cache
def op_class(name: str) -> type[OpBase]:
    """Return the class of an op; raises KeyError for a name that is no op."""
    module = import_module(f"convcost.ops.{INDEX[name]}")
    found: type[OpBase] = next(cls for cls in module.OPS if name == cls.NAME)
    return found
