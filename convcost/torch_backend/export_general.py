"""How the general ops are written: arithmetic as operators, moves as methods of the tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.nn import arithmetic, joins, owned
from convcost.torch_backend.export_written import NEEDED, Arg, Construct, Written

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcost.ir import Shape

    Shapes = tuple[Shape, ...]

_SIGNS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**"}
_REDUCTIONS = {"max": "torch.amax", "min": "torch.amin", "norm": "torch.linalg.vector_norm"}


def _elementwise(module: Any, inputs: Shapes) -> Written:
    operands = [f"{{{place}}}" for place in range(len(inputs))]
    values: tuple[tuple[str, Any], ...] = ()
    if module.value is not None:
        operands, values = [*operands, "{value}"], (("value", module.value),)
    if module.reverse:
        operands.reverse()
    if module.function in _SIGNS:
        return Written(None, f" {_SIGNS[module.function]} ".join(operands), values)
    return Written(None, f"torch.{module.function}({', '.join(operands)})", values)


def _clamp(module: Any, inputs: Shapes) -> Written:
    del inputs
    return Written(None, "{0}.clamp({low}, {high})", (("low", module.low), ("high", module.high)))


def _reduce(module: Any, inputs: Shapes) -> Written:
    del inputs
    function = _REDUCTIONS.get(module.function, f"torch.{module.function}")
    keep = ", keepdim=True" if module.keep else ""
    return Written(None, f"{function}({{0}}, dim={{axes}}{keep})", (("axes", module.axes),))


def _stack(module: Any, inputs: Shapes) -> Written:
    listed = ", ".join(f"{{{place}}}" for place in range(len(inputs)))
    return Written(None, f"torch.stack([{listed}], dim={module.axis})")


def _slice(module: Any, inputs: Shapes) -> Written:
    part = module.range
    before = ":, " * module.axis
    start = "" if part.start == 0 else "{start}"
    stop = "" if part.stop == inputs[0][module.axis - 1] else "{stop}"
    step = "" if part.step == 1 else ":{step}"
    values = (("start", part.start), ("stop", part.stop), ("step", part.step))
    used = tuple(pair for pair in values if f"{{{pair[0]}}}" in start + stop + step)
    return Written(None, f"{{0}}[{before}{start}:{stop}{step}]", used)


def _select(module: Any, inputs: Shapes) -> Written:
    del inputs
    return Written(None, f"{{0}}[{':, ' * module.axis}{{index}}]", (("index", module.index),))


def _roll(module: Any, inputs: Shapes) -> Written:
    del inputs
    return Written(None, "{0}.roll({shifts}, {axes})", (("shifts", module.shifts), ("axes", module.axes)))


def _flip(module: Any, inputs: Shapes) -> Written:
    del inputs
    return Written(None, "{0}.flip({axes})", (("axes", module.axes),))


def _expand(module: Any, inputs: Shapes) -> Written:
    del inputs
    sizes = ", ".join(map(str, module.shape))
    return Written(None, f"{{0}}.expand(-1, {sizes})")


def _owned(module: Any, inputs: Shapes) -> Written:
    del inputs
    kind = type(module).__name__
    tensor = module.weight if isinstance(module, owned.Parameter) else module.value
    return Written(Construct(kind, (Arg("shape", tuple(tensor.shape), NEEDED),)), "{m}(len({0}))")


GENERAL: dict[type, Callable[[Any, Shapes], Written]] = {
    arithmetic.Elementwise: _elementwise,
    arithmetic.Clamp: _clamp,
    arithmetic.Reduce: _reduce,
    joins.Stack: _stack,
    joins.Slice: _slice,
    joins.Select: _select,
    joins.Roll: _roll,
    joins.Flip: _flip,
    joins.Expand: _expand,
    owned.Parameter: _owned,
    owned.Constant: _owned,
}
