"""The memory rules against torch: aliases, temporaries, layouts, and what autograd keeps."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convcost.cost import DTYPES
from convcost.ir import CONTIGUOUS, OUTPUT, Layout, Setting
from convcost.ops import INDEX, op_class
from tests.ops.strategies import Standing, image_shapes, standing

torch = pytest.importorskip("torch")
measuring = pytest.importorskip("tests.ops.measuring")
FakeTensorMode = measuring.FakeTensorMode

each_op = pytest.mark.parametrize("name", sorted(INDEX))
dtypes = st.sampled_from(("float32", "bfloat16"))

# Pools to one element per channel: sizes of 1 tell no order.
ONE_PER_CHANNEL = {"global_avg_pool"}

# Orders that permutes leave: channels last (in 2 and 3 dims), and others.
ORDERS = {
    1: [None],
    2: [None, (1, 0)],
    3: [None, (2, 0, 1), (0, 2, 1), (1, 2, 0)],
    4: [None, (3, 0, 1, 2), (0, 2, 1, 3), (1, 2, 3, 0)],
}


@each_op
@settings(max_examples=15)
@given(data=st.data(), batch=st.sampled_from((1, 2)), dtype=dtypes)
def test_training_keeps_what_the_rule_says(name, data, batch, dtype):
    drawn = data.draw(standing(name))
    wants = data.draw(st.tuples(*(st.booleans() for _ in drawn.read)))
    assume(any(wants) or drawn.op.cost(drawn.inputs, drawn.op.shape(*drawn.inputs)).params)
    assume(trainable(drawn, batch))
    memory = rule(drawn, dtype, training=True, wants=wants)

    seen = measuring.training(drawn, batch, getattr(torch, dtype), wants)

    assert seen.view_of == memory.view_of
    assert seen.saves == {memory.view_of if writes_it(memory, place) else place for place in memory.saves}
    assert seen.kept == memory.kept.at(batch)


@each_op
@settings(max_examples=15)
@given(data=st.data(), batch=st.sampled_from((1, 2)), dtype=dtypes)
def test_inference_allocates_what_the_rule_says(name, data, batch, dtype):
    drawn = data.draw(standing(name))
    memory = rule(drawn, dtype, training=False)
    plain = (CONTIGUOUS,) * len(drawn.read)

    seen = measuring.inference(drawn, batch, getattr(torch, dtype), plain)

    assert seen.view_of == memory.view_of
    assert seen.temporary == memory.temporary.at(batch)


@pytest.mark.parametrize("mode", [FakeTensorMode, nullcontext], ids=["fake", "real"])
@pytest.mark.parametrize("name", sorted(set(INDEX) - ONE_PER_CHANNEL))
@settings(max_examples=10)
@given(data=st.data())
def test_outputs_lie_as_the_rule_says(name, mode, data):
    drawn = data.draw(large(name))
    layouts = tuple(data.draw(a_layout(drawn.op, len(shape))) for shape in drawn.read)
    memory = rule(drawn, "float32", training=False, layouts=layouts)

    seen = measuring.inference(drawn, 2, torch.float32, layouts, mode)

    assert seen.layout == memory.layout
    assert seen.view_of == memory.view_of
    assert seen.temporary == memory.temporary.at(2)


def writes_it(memory, place):
    """Whether a saved output is an input's storage, and so seen under the input's number."""
    return place == OUTPUT and memory.view_of is not None


def rule(drawn, dtype, *, training, wants=None, layouts=None):
    """Ask the op's rule, for the CPU."""
    known = DTYPES[dtype].size
    many = len(drawn.read)
    at = Setting(known, known, "cpu", training, wants or (False,) * many, layouts or (CONTIGUOUS,) * many)
    return drawn.op.memory(drawn.inputs, drawn.op.shape(*drawn.inputs), at)


def trainable(drawn: Standing, batch: int) -> bool:
    """A batch norm refuses one value per channel in training."""
    positions = batch
    for size in drawn.inputs[0][1:]:
        positions *= size
    return drawn.op.GROUP != "norm" or positions > 1


def large(name: str) -> st.SearchStrategy[Standing]:
    """Draw an op whose inputs and output have no axis of size 1: such axes tell no order."""
    shapes = st.sampled_from(op_class(name).DIMS).flatmap(
        lambda dims: image_shapes(dims, channels=(2, 8), sizes=(3, 9)),
    )
    drawn = shapes.flatmap(lambda x: standing(name, x))
    return drawn.filter(lambda d: min(min(s) for s in (*d.read, d.op.shape(*d.inputs))) > 1)


def a_layout(op, rank: int) -> st.SearchStrategy[Layout]:
    """Draw how an input lies, but for what the executor would clone first."""
    layouts = st.builds(Layout, st.sampled_from(ORDERS[rank]), st.booleans())
    return layouts.filter(lambda layout: not any(op.copies((layout,))))
