"""Receptive windows against what really influences an output position, one input position at a time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.ir import SELF
from convcost.ops import INDEX, op_class
from tests.ops.strategies import image_shapes, standing

torch = pytest.importorskip("torch")

# Axes change places or merge there, so no position of one is a position of the other.
REARRANGING = {
    *("permute", "reshape", "flatten", "matmul", "attention", "expand", "stack", "select", "reduce"),
    *("roll", "flip", "concat"),  # taken to read the whole of an axis along which they move things
    *("parameter", "constant"),  # read nothing
}
# By convention the statistics a norm computes at run time do not count.
STATISTICS = {"layer_norm", "group_norm", "instance_norm"}


@pytest.mark.parametrize(
    "name", sorted(n for n in set(INDEX) - REARRANGING - STATISTICS if max(op_class(n).DIMS) > 0)
)
@settings(max_examples=15)
@given(data=st.data())
def test_windows_hold_exactly_what_is_read(name, data):
    dims = data.draw(st.sampled_from([n for n in op_class(name).DIMS if n > 0]))
    x = data.draw(image_shapes(dims, channels=(1, 4), sizes=(1, 8)))
    drawn = data.draw(standing(name, x))
    output = drawn.op.shape(*drawn.inputs)
    windows = drawn.op.windows(drawn.inputs, output) or (SELF,) * dims
    run = runner(drawn)

    found = [
        [existing(window, place, x[axis]) for place in range(len(run(axis)))]
        for axis, window in enumerate(windows, start=1)
    ]
    if not all(map(any, found)):  # what reads nothing along one dim reads nothing
        found = [[set()] * len(each) for each in found]
    assert [run(axis) for axis in range(1, len(x))] == found


def existing(window, place, size):
    """The positions that a window reads, of those that there are; a border's are copies of others."""
    if window.edge == "replicate":
        return {min(max(tap, 0), size - 1) for tap in window.taps(place)}
    if window.edge == "reflect":
        return {size - 1 - abs(size - 1 - abs(tap)) for tap in window.taps(place)}
    return {tap for tap in window.taps(place) if 0 <= tap < size}


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
            hit = positions(changed(output(first), before), axis)
            seen = seen or [set() for _ in hit]
            for position in (i for i, is_hit in enumerate(hit) if is_hit):
                seen[position].add(place)
        return seen

    return run


def changed(output, before):
    """Whether elements are NaN or clearly other numbers: a weight of zero may come out as 2**-53."""
    return output.isnan() | ((output - before).abs() > 1e-3)


def positions(hit, axis):
    """For every position along an axis, whether it was hit anywhere; one where the axis is gone."""
    if axis + 1 >= hit.dim():
        return [bool(hit.any())]
    return [bool(hit.select(axis + 1, i).any()) for i in range(hit.shape[axis + 1])]
