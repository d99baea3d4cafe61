"""The memory rules against torch: aliases, temporaries, layouts, and what autograd keeps.

Inputs lie as slices, permutes and expands leave them, with any axis of size 1; torch runs for
real. What is contiguous is measured on fake tensors, too, as ``verify`` does.
"""

from __future__ import annotations

from contextlib import nullcontext
from math import prod

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convcost.cost import DTYPES
from convcost.ir import CONTIGUOUS, OUTPUT, Setting
from tests.ops.strategies import READING, Standing, standing

torch = pytest.importorskip("torch")
measuring = pytest.importorskip("tests.ops.measuring")

from torch._subclasses.fake_tensor import FakeTensorMode  # noqa: E402  (torch is there)


@pytest.fixture(scope="module", autouse=True)
def two_threads():
    """On one thread some kernels of 3 dims lay their results out otherwise (docs/memory.md)."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


each_op = pytest.mark.parametrize("name", READING)
batches = st.sampled_from((1, 1, 2))
dtypes = st.sampled_from(("float32", "float32", "bfloat16"))


@pytest.mark.drawn
@each_op
@settings(max_examples=15)
@given(data=st.data(), batch=batches, dtype=dtypes)
def test_training_keeps_what_the_rule_says(name, data, batch, dtype):
    drawn, how = data.draw(lying(name))
    wants = data.draw(st.tuples(*(st.booleans() for _ in drawn.read)))
    assume(learns(drawn, batch, wants))
    at = setting(dtype, batch, measuring.layouts(drawn, batch, how), wants)

    seen = run(measuring.training, drawn, batch, getattr(torch, dtype), how, wants=wants, mode=nullcontext)

    agree_in_training(memory(drawn, at), seen, batch)


@pytest.mark.drawn
@each_op
@settings(max_examples=15)
@given(data=st.data(), batch=batches, dtype=dtypes)
def test_inference_allocates_what_the_rule_says(name, data, batch, dtype):
    drawn, how = data.draw(lying(name))
    rule = memory(drawn, setting(dtype, batch, measuring.layouts(drawn, batch, how)))

    seen = run(measuring.inference, drawn, batch, getattr(torch, dtype), how, mode=nullcontext)

    assert seen == (rule.view_of, rule.temporary.at(batch), rule.layout)


@each_op
@settings(max_examples=4)
@given(data=st.data(), batch=batches)
def test_fake_tensors_show_the_same_of_contiguous_inputs(name, data, batch):
    drawn = data.draw(standing(name))
    how = [measuring.plain(len(shape) + 1) for shape in drawn.read]
    many = len(drawn.read)
    rule = memory(drawn, setting("float32", batch, (CONTIGUOUS,) * many))

    seen = measuring.inference(drawn, batch, torch.float32, how, mode=FakeTensorMode)

    assert (seen.view_of, seen.temporary) == (rule.view_of, rule.temporary.at(batch))
    wants = (True,) * many
    assume(learns(drawn, batch, wants))
    rule = memory(drawn, setting("float32", batch, (CONTIGUOUS,) * many, wants))
    in_training = measuring.training(drawn, batch, torch.float32, how, wants=wants, mode=FakeTensorMode)
    agree_in_training(rule, in_training, batch)


@st.composite
def lying(draw, name):
    """Draw an op, and how its inputs lie; what is written in place is not stretched."""
    drawn = draw(standing(name))
    if name == "stack":  # see Stack.memory
        return drawn, [measuring.plain(len(shape) + 1) for shape in drawn.read]
    stretched = not getattr(drawn.op, "inplace", False)
    return drawn, [draw(measuring.lies(len(shape) + 1, stretched=stretched)) for shape in drawn.read]


def run(measure, drawn, batch, dtype, *arguments, **more):
    """Measure, but for what torch has no kernel of in this dtype, or none that survives."""
    # torch 2.13's CPU kernel of a dilated transposed convolution in bfloat16 writes where it may not
    assume(not (dtype == torch.bfloat16 and drawn.op.NAME == "conv_transpose" and drawn.op.dilation != 1))
    try:
        return measure(drawn, batch, dtype, *arguments, **more)
    except NotImplementedError:
        assume(False)


def setting(dtype, batch, layouts, wants=None):
    """Return what a rule is told, of training where it is said which inputs want a gradient."""
    known = DTYPES[dtype].size
    training = wants is not None
    return Setting(known, known, "cpu", training, wants or (False,) * len(layouts), layouts, batch)


def memory(drawn: Standing, at: Setting):
    return drawn.op.memory(drawn.inputs, drawn.op.shape(*drawn.inputs), at)


def agree_in_training(rule, seen, batch):
    saves = {rule.view_of if place == OUTPUT and rule.view_of is not None else place for place in rule.saves}
    assert seen == (rule.view_of, saves, rule.kept.at(batch))


def learns(drawn: Standing, batch: int, wants) -> bool:
    """Whether a gradient flows, and a norm gets more than one value per channel."""
    cost = drawn.op.cost(drawn.inputs, drawn.op.shape(*drawn.inputs))
    enough = drawn.op.GROUP != "norm" or batch * prod(drawn.inputs[0][1:]) > 1
    return enough and (any(wants) or cost.params > 0)
