"""Receptive windows against what really influences an output position, one input position at a time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.ir import Window
from convcost.ops import INDEX, op_class
from tests.ops.strategies import image_shapes, standing

torch = pytest.importorskip("torch")

# Axes change places or merge there, so no position of one is a position of the other.
REARRANGING = {"permute", "reshape", "matmul", "attention"}
# By convention the statistics a norm computes at run time do not count.
STATISTICS = {"layer_norm", "group_norm", "instance_norm"}
# Their border positions read from inside, which a window only says of the middle.
FOLDING = {"pad"}
# The window is the most that any interpolation of its kind reads; some weights are zero there.
# A dilated transposed convolution has holes between the positions it reads.
LOOSE = {"upsample", "conv_transpose"}


@pytest.mark.parametrize(
    "name", sorted(n for n in set(INDEX) - REARRANGING - STATISTICS if max(op_class(n).DIMS) > 0)
)
@settings(max_examples=15)
@given(data=st.data())
def test_windows_hold_what_is_read_and_are_no_wider(name, data):
    dims = data.draw(st.sampled_from([n for n in op_class(name).DIMS if n > 0]))
    x = data.draw(image_shapes(dims, channels=(1, 4), sizes=(1, 8)))
    drawn = data.draw(standing(name, x))
    if name in FOLDING and drawn.op.mode != "zero":
        return
    output = drawn.op.shape(*drawn.inputs)
    windows = drawn.op.windows(drawn.inputs, output) or (Window(1, 1, 0),) * dims
    run = runner(drawn)

    for axis, window in enumerate(windows, start=1):
        seen = run(axis)
        bounds = [reach(window, position) for position in range(len(seen))]
        for read, (first, past) in zip(seen, bounds, strict=True):
            assert all(first <= place < past for place in read)
        inside = [i for i, (first, past) in enumerate(bounds) if first >= 0 and past <= x[axis] and seen[i]]
        if name not in LOOSE and len(inside) == len(seen):
            assert max(max(seen[i]) - min(seen[i]) + 1 for i in inside) == window.size


def reach(window, position):
    """The half-open range of input positions a window covers."""
    first = position * window.stride + window.offset
    return first, first + window.size


def planted(op):
    """What is put where it must be seen: NaN, but a number where weights of zero are written out."""
    return 1e6 if op.NAME == "upsample" else float("nan")


def runner(drawn):
    """Return a function: for an axis, the input positions that each output position reads."""
    module = drawn.op.to_torch(*drawn.inputs).double().eval()
    inputs = [torch.rand((1, *shape), dtype=torch.float64) + 0.5 for shape in drawn.read]
    for weight in module.parameters():
        torch.nn.init.constant_(weight, 0.25)

    def output(first):
        with torch.no_grad():
            return module(first.clone(), *[each.clone() for each in inputs[1:]])

    before = output(inputs[0])

    def run(axis):
        seen = None
        for place in range(drawn.inputs[0][axis]):
            first = inputs[0].clone()
            first.select(axis + 1, place).fill_(planted(drawn.op))
            hit = positions(output(first) != before, axis)
            seen = seen or [set() for _ in hit]
            for position in (i for i, is_hit in enumerate(hit) if is_hit):
                seen[position].add(place)
        return seen

    return run


def positions(hit, axis):
    """For every position along an axis, whether it was hit anywhere; one where the axis is gone."""
    if axis + 1 >= hit.dim():
        return [bool(hit.any())]
    return [bool(hit.select(axis + 1, i).any()) for i in range(hit.shape[axis + 1])]
