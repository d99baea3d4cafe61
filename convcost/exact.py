"""The arithmetic that shape and cost rules share: plain integers, no branch on sizes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

PerDim = int | tuple[int, ...]
Pads = int | tuple[int, ...] | tuple[tuple[int, int], ...] | str


def prod(values: Iterable[int]) -> int:
    """Return the product (1 of nothing)."""
    result = 1
    for value in values:
        result = result * value
    return result


def ceil_div(a: int, b: int) -> int:
    """Return a / b rounded up."""
    return -(-a // b)


def maximum(a: int, b: int) -> int:
    """Return the larger."""
    return _joined("maximum", a, b) if _open(a, b) else max(a, b)


def minimum(a: int, b: int) -> int:
    """Return the smaller."""
    return _joined("minimum", a, b) if _open(a, b) else min(a, b)


def gcd(a: int, b: int) -> int:
    """Return the greatest common divisor."""
    return _joined("gcd", a, b) if _open(a, b) else math.gcd(a, b)


def _open(a: int, b: int) -> bool:
    """Whether one of two numbers stands for many (``convcost.symbolic``)."""
    return not (isinstance(a, int) and isinstance(b, int))


def _joined(name: str, a: Any, b: Any) -> int:
    result: int = getattr(b, name)(a) if isinstance(a, int) else getattr(a, name)(b)
    return result


def spread(value: PerDim, dims: int) -> tuple[int, ...]:
    """Return one value per spatial dim: ``3`` -> ``(3, 3)``."""
    return value if isinstance(value, tuple) else (value,) * dims


def extent(kernel: int, dilation: int) -> int:
    """Return how many input positions a dilated kernel spans (Yu & Koltun 2015, section 2)."""
    return dilation * (kernel - 1) + 1


def out_size(size: int, span: int, stride: int, pad: int) -> int:
    """Return ⌊(size + pad - span) / stride⌋ + 1, ``pad`` being both sides together."""
    return (size + pad - span) // stride + 1


def same_pad(size: int, span: int, stride: int) -> int:
    """Return the total padding that makes the output ⌈size / stride⌉."""
    return maximum((ceil_div(size, stride) - 1) * stride + span - size, 0)


def pads(
    padding: Pads,
    sizes: tuple[int, ...],
    spans: tuple[int, ...],
    strides: tuple[int, ...],
) -> tuple[tuple[int, int], ...]:
    """Return (before, after) per dim for any way of writing a padding.

    ``spans`` are kernel extents (:func:`extent`). ``half`` pads ⌊(span - 1) / 2⌋ on both
    sides, ``same`` the least total for ⌈size / stride⌉ positions, the odd one after
    (as TensorFlow and torch's ``padding='same'`` do), ``valid`` nothing.
    """
    if padding == "valid":
        return ((0, 0),) * len(sizes)
    if padding == "half":
        return tuple(((s - 1) // 2, (s - 1) // 2) for s in spans)
    if padding == "same":
        totals = [same_pad(n, s, t) for n, s, t in zip(sizes, spans, strides, strict=True)]
        return tuple((total // 2, total - total // 2) for total in totals)
    each: Any = padding if isinstance(padding, tuple) else (padding,) * len(sizes)
    return tuple((p[0], p[1]) if isinstance(p, tuple) else (p, p) for p in each)


def decimal(value: int | Fraction) -> str:
    """Return a number as people write it, exactly: ``1.5``; a quotient, ``4/3``, where no decimal ends."""
    places, bottom = 0, value.denominator
    for factor in (2, 5):
        power = 0
        while bottom % factor == 0:
            bottom //= factor
            power += 1
        places = max(places, power)
    if bottom != 1 or not places:
        return str(value)
    sign = "-" if value < 0 else ""
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}"
