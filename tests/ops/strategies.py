"""Hypothesis strategies for ops: from the kinds of their fields, with a table of exceptions.

``standing(name)`` draws an op together with shapes it can stand on; ``standing(name, x)``
one that follows a tensor of shape ``x``, so that networks can be composed. ``anything``
draws ops that need not be valid.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st

from convcost.exact import prod
from convcost.ops import INDEX, op_class
from convcost.ops._fields import COUNT, FLAG, INTEGERS, NUMBER, PADDING, PER_DIM, WORD, FieldSpec
from convcost.ops.elementwise import BINARY

if TYPE_CHECKING:
    from collections.abc import Callable

    from convcost.ir import Shape
    from convcost.ops._base import OpBase


READING = sorted(name for name in INDEX if op_class(name).ARITY != (0, 0))
"""The ops that read a tensor: all but those that are one of the network's own."""


class Standing(NamedTuple):
    """An op and the per-sample shapes it is asked about: its inputs, then its ``like``."""

    op: OpBase
    inputs: tuple[Shape, ...]

    @property
    def read(self) -> tuple[Shape, ...]:
        """The shapes of the tensors it reads when it runs: without ``like``."""
        return self.inputs[: self.op.ARITY[1]]

    @property
    def valid(self) -> bool:
        """Whether the op can stand on these shapes."""
        return not any(True for _ in self.op.check(*self.inputs))


Shapes = st.SearchStrategy[tuple[int, ...]]


def image_shapes(dims: int, *, channels: tuple[int, int] = (1, 8), sizes: tuple[int, int] = (1, 9)) -> Shapes:
    """Draw channels and ``dims`` spatial sizes; 3-dim ones smaller, to stay fast."""
    low, high = sizes
    each = st.integers(low, max(low, high if dims < 3 else (high + 1) // 2))
    return st.tuples(st.integers(*channels), *([each] * dims))


def anything(name: str, x: Shape | None = None) -> st.SearchStrategy[Standing]:
    """Draw an op of this name and shapes for it, valid or not."""
    return _draw(name, x)


def standing(name: str, x: Shape | None = None) -> st.SearchStrategy[Standing]:
    """Draw an op of this name and shapes on which it can stand."""
    return _draw(name, x).filter(lambda drawn: drawn.valid)


@st.composite
def _draw(draw: st.DrawFn, name: str, x: Shape | None) -> Standing:
    cls = op_class(name)
    if x is None:
        x = draw(first_shapes(name))
    given = {key: draw(field_values(name, spec, x)) for key, spec in cls.specs().items()}
    op = cls(**{key: value for key, value in given.items() if value is not LEFT_OUT})
    return Standing(op, (x, *draw(_further(op, x))) if cls.ARITY[1] != 0 else ())


def first_shapes(name: str) -> Shapes:
    """Draw the shape of the first input an op of this name reads."""
    few = [dims for dims in op_class(name).DIMS if dims < 4]  # more would only be slower
    return st.sampled_from(few).flatmap(lambda dims: image_shapes(dims, channels=(1, 8)))


LEFT_OUT = object()
"""Drawn for a field that is not given."""


def field_values(name: str, spec: FieldSpec, x: Shape) -> st.SearchStrategy[Any]:
    """Draw a value of one field of an op on an input of shape ``x``, or LEFT_OUT."""
    special = SPECIAL.get((name, spec.name)) or SPECIAL.get(("", spec.name))
    values = special(x) if special else BY_KIND[spec.kind](spec, x)
    return values if spec.required else st.one_of(st.just(LEFT_OUT), values)


def _counts(spec: FieldSpec, _x: Shape) -> st.SearchStrategy[Any]:
    low = -4 if spec.ge is None else spec.ge
    return st.integers(low, min(low + 8, 8 if spec.le is None else spec.le))


def _per_dim(spec: FieldSpec, x: Shape) -> st.SearchStrategy[Any]:
    low = 1 if spec.ge is None else spec.ge
    one = st.integers(low, 3 + low)
    return st.one_of(one, st.tuples(*([one] * (len(x) - 1)))) if len(x) > 1 else one


def _paddings(spec: FieldSpec, x: Shape) -> st.SearchStrategy[Any]:
    one, dims = st.integers(0, 2), len(x) - 1
    ways = [one, st.tuples(*([one] * dims)), st.tuples(*([st.tuples(one, one)] * dims))] if dims else [one]
    return st.one_of(*ways, *([st.sampled_from(spec.choices)] if spec.choices else []))


BY_KIND: dict[str, Callable[[FieldSpec, Shape], st.SearchStrategy[Any]]] = {
    COUNT: _counts,
    PER_DIM: _per_dim,
    PADDING: _paddings,
    FLAG: lambda _spec, _x: st.booleans(),
    WORD: lambda spec, _x: st.sampled_from(spec.choices),
    NUMBER: lambda _spec, _x: st.sampled_from((Fraction(1, 10), Fraction(1, 2))),
    INTEGERS: lambda spec, x: st.lists(st.integers(spec.ge or 0, 3), min_size=len(x), max_size=len(x)).map(
        tuple
    ),
}

_MODES = {
    1: ("nearest", "linear", "bilinear"),
    2: ("nearest", "linear", "bilinear", "bicubic", "trilinear"),
    3: ("nearest", "linear", "trilinear", "bicubic"),
}
"""Interpolations by spatial dims, the last of each impossible there."""


@st.composite
def _reshapes(draw: st.DrawFn, x: Shape) -> Shape:
    """Draw sizes: the axes of ``x`` cut or joined, perhaps one left open, perhaps one wrong."""
    left, sizes = prod(x), []
    for _ in range(draw(st.integers(0, 3))):
        sizes.append(draw(st.sampled_from([n for n in (1, 2, 3, *x) if left % n == 0])))
        left //= sizes[-1]
    sizes.append(left + draw(st.sampled_from((0, 0, 0, 0, 1))))
    if draw(st.booleans()):
        sizes[draw(st.integers(0, len(sizes) - 1))] = -1
    return tuple(sizes)


def _some_axes(x: Shape) -> st.SearchStrategy[tuple[int, ...]]:
    return st.lists(st.integers(-len(x), len(x) - 1), min_size=1, max_size=len(x)).map(tuple)


SPECIAL: dict[tuple[str, str], Callable[[Shape], st.SearchStrategy[Any]]] = {
    ("", "groups"): lambda x: st.sampled_from((1, 1, 2, 3, x[0])),
    ("", "out"): lambda x: st.one_of(st.integers(1, 8), st.sampled_from((x[0], 2 * x[0], 6))),
    ("linear", "axis"): lambda x: st.sampled_from((-1, -1, len(x) - 1, 0, 1)),
    ("dropout", "rate"): lambda _x: st.sampled_from((0, Fraction(1, 10), Fraction(1, 2), 1)),
    ("pad", "channels"): lambda _x: st.tuples(st.integers(0, 2), st.integers(0, 2)),
    ("slice", "start"): lambda x: st.integers(0, max(x)),
    ("slice", "stop"): lambda x: st.integers(1, max(x) + 1),
    ("", "axes"): _some_axes,
    ("slice", "axis"): lambda x: st.sampled_from((0, *range(-len(x), len(x)))),
    ("select", "axis"): lambda x: st.integers(-len(x), len(x) - 1),
    ("select", "index"): lambda x: st.integers(-max(x), max(x) - 1),
    ("stack", "axis"): lambda x: st.integers(-len(x) - 1, len(x)),
    ("concat", "axis"): lambda x: st.sampled_from((0, 0, *range(-len(x), len(x)))),
    ("roll", "shifts"): lambda x: st.lists(st.integers(-3, 3), min_size=1, max_size=len(x)).map(tuple),
    ("expand", "shape"): lambda x: st.tuples(*(st.sampled_from((-1, n, n, 3 if n == 1 else n)) for n in x)),
    ("elementwise", "value"): lambda _x: st.sampled_from((2, 3, Fraction(1, 2), Fraction(5, 2))),
    ("parameter", "shape"): lambda _x: st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple),
    ("constant", "shape"): lambda _x: st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple),
    ("leaky_relu", "slope"): lambda _x: st.sampled_from((0, Fraction(1, 10), Fraction(-1, 5), 2)),
    ("", "alpha"): lambda _x: st.sampled_from((0, 1, Fraction(1, 2), Fraction(-3, 2))),
    ("permute", "order"): lambda x: st.permutations(range(len(x))).map(tuple),
    ("reshape", "shape"): _reshapes,
    ("pixel_shuffle", "factor"): lambda _x: st.sampled_from((1, 2, 2, 3)),
    ("upsample", "mode"): lambda x: st.sampled_from(_MODES[len(x) - 1]),
    ("attention", "heads"): lambda x: st.sampled_from((1, 2, 3, x[-1])),
    ("channel_shuffle", "groups"): lambda x: st.sampled_from(
        [n for n in range(1, x[0] + 1) if x[0] % n == 0]
    ),
    ("crop", "offset"): lambda x: st.tuples(*(st.integers(0, n // 2) for n in x[1:])),
}


def _further(op: OpBase, x: Shape) -> st.SearchStrategy[tuple[Shape, ...]]:
    """Draw the shapes after the first: of further inputs, and of ``like``."""
    if op.NAME == "elementwise":
        return (
            _gates(x).map(lambda gates: gates[:1])
            if op.value is None and op.function in BINARY
            else st.just(())
        )
    if op.NAME in FURTHER:
        return FURTHER[op.NAME](x)
    low, high = op.ARITY
    most = low if high is not None else low + 2
    same = st.one_of(st.just(x), st.just(x), st.just(x), image_shapes(len(x) - 1))
    return st.lists(same, min_size=low - 1, max_size=most - 1).map(tuple)


def _smaller(x: Shape) -> st.SearchStrategy[tuple[Shape, ...]]:
    return st.tuples(st.tuples(st.integers(1, 8), *(st.integers(max(1, n - 3), n + (n == 1)) for n in x[1:])))


def _gates(x: Shape) -> st.SearchStrategy[tuple[Shape, ...]]:
    gate = st.tuples(*(st.sampled_from((n, n, 1)) for n in x))
    return st.lists(st.one_of(gate, st.just(x)), min_size=1, max_size=3).map(tuple)


def _beside(x: Shape) -> st.SearchStrategy[tuple[Shape, ...]]:
    other = st.integers(1, 8).map(lambda channels: (channels, *x[1:]))
    return st.lists(st.one_of(other, other, image_shapes(len(x) - 1)), min_size=1, max_size=3).map(tuple)


def _factors(x: Shape) -> st.SearchStrategy[tuple[Shape, ...]]:
    columns = st.integers(1, 8)
    return st.tuples(columns.map(lambda p: (*x[:-2], x[-1], p)))


def _keys_and_values(x: Shape) -> st.SearchStrategy[tuple[Shape, ...]]:
    return st.integers(1, 9).map(lambda rows: ((rows, x[-1]),) * 2)


def _perhaps_like(x: Shape) -> st.SearchStrategy[tuple[Shape, ...]]:
    return st.one_of(st.just(()), st.tuples(image_shapes(len(x) - 1)))


FURTHER: dict[str, Callable[[Shape], st.SearchStrategy[tuple[Shape, ...]]]] = {
    "attention": _keys_and_values,
    "concat": _beside,
    "crop": _smaller,
    "matmul": _factors,
    "mul": _gates,
    "upsample": _perhaps_like,
}
