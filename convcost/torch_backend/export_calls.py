"""How one layer is written: the call that constructs its module, the expression that runs it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from convcost.nn import joins as modules
from convcost.nn import layout as layouts
from convcost.torch_backend.export_general import GENERAL
from convcost.torch_backend.export_own import own_classes
from convcost.torch_backend.export_written import NEEDED, Arg, Construct, Value, Written

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcost.ir import Graph, Node, Shape

    Shapes = tuple[Shape, ...]


def written(graph: Graph, node: Node) -> Written:
    """Return how a node is written."""
    with torch.device("meta"):
        module = node.op.to_torch(*graph.inputs_of(node))
    write = _OWN.get(type(module), _torch_module)
    found: Written = write(module, tuple(graph.shapes[name] for name in node.inputs))
    return found


def _torch_module(module: Any, inputs: Shapes) -> Written:
    listed = ", ".join(f"{{{place}}}" for place in range(len(inputs)))
    return Written(construct(module), f"{{m}}({listed})")


def construct(module: Any, kind: type | None = None) -> Construct:
    """Return the call that makes a module, read off its attributes: one of torch's, or an op's own."""
    kind = kind or type(module)
    args = []
    for parameter in inspect.signature(kind).parameters.values():
        if parameter.name in _UNWRITTEN or parameter.kind not in _ORDINARY:
            continue
        default = NEEDED if parameter.default is parameter.empty else parameter.default
        args.append(Arg(parameter.name, _value(module, parameter.name, default), default))
    classes = own_classes(kind)
    return Construct(kind.__name__ if classes else f"nn.{kind.__name__}", tuple(args), classes)


_UNWRITTEN = frozenset({"device", "dtype"})
_ORDINARY = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def _value(module: Any, name: str, default: Value) -> Value:
    if name == "bias":
        without_any = getattr(module, "weight", None) is None  # affine=False says it already
        return default if without_any else module.bias is not None
    if name == "stride" and "kernel_size" in vars(module) and default is None:
        step = simple(module.stride)
        return None if step == simple(module.kernel_size) else step
    value = simple(getattr(module, name, default))
    if value == NEEDED:
        raise TypeError(
            f"{type(module).__name__} keeps no self.{name}, from which its export would be written"
        )
    return value


def simple(value: Any) -> Value:
    """Return one number for a tuple of equal ones: ``3`` for ``(3, 3)``."""
    if isinstance(value, tuple) and value and len(set(value)) == 1:
        return value[0]  # type: ignore[no-any-return]  # a number
    return tuple(value) if isinstance(value, tuple) else value


def _uneven(module: Any, inputs: Shapes) -> Written:
    del inputs
    base = next(kind for kind in type(module).__mro__ if kind.__module__ == "torch.nn.modules.conv")
    return Written(construct(module, base), "{m}(F.pad({0}, {excess}))", (("excess", module.excess),))


def _layer_norm(module: Any, inputs: Shapes) -> Written:
    del inputs
    pattern = "{m}({0}.movedim(1, -1)).movedim(-1, 1).contiguous()"
    return Written(construct(module, nn.LayerNorm), pattern)


def _volume_lrn(module: Any, inputs: Shapes) -> Written:
    del inputs
    pattern = "{m}({0}.flatten(3)).unflatten(3, {0}.shape[3:])"
    return Written(construct(module, nn.LocalResponseNorm), pattern)


def _scale(module: Any, inputs: Shapes) -> Written:
    del inputs
    shape = Arg("shape", tuple(module.weight.shape), NEEDED)
    return Written(Construct("Scale", (shape,)), "{m}({0})")


def _add(module: Any, inputs: Shapes) -> Written:
    return _folded("+", module.inplace, inputs)._replace(then="+=")


def _mul(module: Any, inputs: Shapes) -> Written:
    return _folded("*", module.inplace, inputs)


def _folded(sign: str, inplace: bool, inputs: Shapes) -> Written:
    pattern = f" {sign} ".join(f"{{{place}}}" for place in range(len(inputs)))
    return Written(None, pattern, inplace=f"{sign}=" if inplace else "")


def _concat(module: Any, inputs: Shapes) -> Written:
    listed = ", ".join(f"{{{place}}}" for place in range(len(inputs)))
    return Written(None, f"torch.cat([{listed}], dim={module.axis})")


def _matmul(module: Any, inputs: Shapes) -> Written:
    del module, inputs
    return Written(None, "{0} @ {1}")


def _permute(module: Any, inputs: Shapes) -> Written:
    del inputs
    axes = ", ".join(str(axis + 1) for axis in module.order)
    return Written(None, f"{{0}}.permute(0, {axes})")


def _reshape(module: Any, inputs: Shapes) -> Written:
    del inputs
    names = [f"size{place}" for place in range(len(module.shape))]
    sizes = ", ".join(f"{{{name}}}" for name in names)
    return Written(None, f"{{0}}.reshape(-1, {sizes})", tuple(zip(names, module.shape, strict=True)))


def _narrow(module: Any, inputs: Shapes) -> Written:
    values: list[tuple[str, Value]] = []
    slices = [":"]
    for axis, ((start, length), size) in enumerate(zip(module.ranges, inputs[0], strict=False)):
        begin, end = f"start{axis}", f"stop{axis}"
        whole = (start, length) == (0, size)
        slices.append(":" if whole else f"{{{begin}}}:{{{end}}}")
        values += [] if whole else [(begin, start), (end, start + length)]
    return Written(None, f"{{0}}[{', '.join(slices)}]", tuple(values))


def _pad(module: Any, inputs: Shapes) -> Written:
    del inputs
    mode = "" if module.mode == "constant" else f', mode="{module.mode}"'
    return Written(None, f"F.pad({{0}}, {{amounts}}{mode})", (("amounts", tuple(module.amounts)),))


def _attention(module: Any, inputs: Shapes) -> Written:
    del inputs
    return Written(None, "attention({0}, {1}, {2}, heads={heads})", (("heads", module.heads),))


_OWN: dict[type, Callable[[Any, Shapes], Written]] = {
    **GENERAL,
    modules.UnevenConv1d: _uneven,
    modules.UnevenConv2d: _uneven,
    modules.UnevenConv3d: _uneven,
    modules.Add: _add,
    modules.Mul: _mul,
    modules.Concat: _concat,
    modules.Narrow: _narrow,
    modules.Pad: _pad,
    layouts.Attention: _attention,
    layouts.ChannelsFirstLayerNorm: _layer_norm,
    layouts.MatMul: _matmul,
    layouts.Permute: _permute,
    layouts.Reshape: _reshape,
    layouts.Scale: _scale,
    layouts.VolumeLrn: _volume_lrn,
}
"""How the modules are written that are ours; all others are torch's and are read off."""
