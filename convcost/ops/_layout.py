"""Where outputs lie, for ops whose kernels choose alike: None is as a new tensor does."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from convcost.exact import prod, spread
from convcost.ir import Memory, layout_of
from convcost.strides import channels_last, elementwise, like, usual

if TYPE_CHECKING:
    from convcost.ir import Layout, Setting, Shape
    from convcost.strides import Strided


def pointwise(inputs: tuple[Shape, ...], output: Shape, at: Setting, *weights: Shape) -> Layout:
    """Return the layout an elementwise kernel gives its output; ``weights`` lie as new tensors do."""
    if at.plain:
        return None
    operands = [at.input(inputs, place) for place in range(len(at.layouts))]
    return layout_of(elementwise(at.sizes(output), *operands, *map(usual, weights)))


def copied(inputs: tuple[Shape, ...], at: Setting) -> Layout:
    """Return the layout of a clone of the first input, gaps closed."""
    return None if at.plain else layout_of(like(at.input(inputs)))


def image(inputs: tuple[Shape, ...], output: Shape, at: Setting, dims: tuple[int, ...] = (2, 3)) -> Layout:
    """Return a spatial kernel's output layout: channels-last where the input suggests that.

    ``dims``: of how many spatial dims the kernel does so; 1 dim runs as 2, of size 1 and its own.
    """
    if at.layouts[0] is None or len(output) - 1 not in dims:
        return None
    return _imaged(at.input(inputs), at.sizes(output))


def _imaged(x: Strided, sizes: tuple[int, ...]) -> Layout:
    flat = len(sizes) == 3  # noqa: PLR2004  # batch, channels and one dim
    if not (x.unsqueezed(2) if flat else x).suggests_channels_last:
        return None
    return layout_of(channels_last((*sizes[:2], 1, sizes[2])).squeezed(2) if flat else channels_last(sizes))


def keeps_volumes(op: Any, x: Strided, at: Setting) -> bool:
    """Return whether a 3-dim convolution runs in the kernel that keeps channels-last, on several threads.

    oneDNN's, which torch takes for all of bfloat16, none of float64, and in float32 as
    ``ConvParams::use_mkldnn`` says: not for what is small.
    """
    if at.element != FLOAT32:
        return at.element < FLOAT32
    kernel = spread(op.kernel, len(x.sizes) - 2)
    large = prod(x.sizes[:4]) > SMALL_INPUT or min(kernel[-2:]) > SMALL_KERNEL
    return op.groups > 1 or at.batch > 1 or large


FLOAT32 = 4
SMALL_INPUT = 20480
SMALL_KERNEL = 3


def convolved(x: Strided, output: Shape, at: Setting, *, volumes: bool) -> Layout:
    """Return a convolution's output layout on ``x``; ``volumes``: whether its kernel keeps that of 3 dims.

    In 1 dim torch first makes the input contiguous.
    """
    dims = len(output) - 1
    if dims == 3 and not volumes:  # noqa: PLR2004  # see there
        return None
    return _imaged(usual(x.sizes) if dims == 1 and not x.contiguous else x, at.sizes(output))


def padded(x: Strided, sizes: tuple[int, ...]) -> Strided:
    """Return what ``F.pad`` makes of a tensor."""
    return channels_last(sizes) if x.suggests_channels_last else usual(sizes)


def normalised(inputs: tuple[Shape, ...], at: Setting) -> Layout:
    """Return a batch norm's output layout."""
    if at.plain:
        return None
    x = at.input(inputs)
    keeps = not x.contiguous and (x.channels_last or x.suggests_channels_last)
    return layout_of(channels_last(x.sizes)) if keeps else None


def reshaped(inputs: tuple[Shape, ...], output: Shape, at: Setting) -> Memory:
    """Return the memory of a view under another shape, or of a copy where there is no such view."""
    if at.plain:
        return Memory(view_of=0)
    view = at.input(inputs).viewed(at.sizes(output))
    return Memory() if view is None else Memory(view_of=0, layout=layout_of(view))


def dropped(inputs: tuple[Shape, ...], at: Setting) -> Layout:
    """Return the layout of the first input times a mask made like it."""
    if at.plain:
        return None
    x = at.input(inputs)
    return layout_of(elementwise(x.sizes, x, like(x)))


def product(inputs: tuple[Shape, ...], at: Setting) -> Layout:
    """Return the layout of elementwise results taken one after another, from the left."""
    if at.plain:
        return None
    operands = [at.input(inputs, place) for place in range(len(at.layouts))]
    return layout_of(reduce(_pair, operands))


def _pair(a: Strided, b: Strided) -> Strided:
    return elementwise(tuple(map(max, a.sizes, b.sizes)), a, b)
