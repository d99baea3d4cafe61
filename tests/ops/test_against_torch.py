"""Every op over drawn configurations: shape, parameters, buffers and flops are torch's, as integers."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convcost.ops import INDEX
from tests.ops.strategies import READING, anything, standing

torch = pytest.importorskip("torch")
torch_side = pytest.importorskip("tests.ops.torch_side")

each_op = pytest.mark.parametrize("name", sorted(INDEX))
reading = pytest.mark.parametrize("name", READING)
batches = st.sampled_from((1, 2))

# Where we refuse what torch would run, by op and field: the language is stricter there on purpose.
STRICTER = {
    ("elementwise", None), ("elementwise", "reverse"), ("elementwise", "value"),  # the same; no field in vain
    ("elementwise", "function"),  # a module takes what it needs
    ("reduce", "function"),  # torch makes it NaN, and warns
    ("reduce", "axes"), ("select", "axis"),  # one value per sample has no axis left
    ("slice", "stop"),  # torch takes what there is
    ("roll", "axes"),  # torch rolls an axis twice
    ("add", None),  # torch broadcasts; a sum of differing shapes is nearly always a mistake
    ("mul", None),  # torch aligns differing ranks from the last axis, across what they mean
    ("mul", "inplace"),
    ("dropout", "rate"),  # rates of 0 and 1 are no dropout
    ("slice", "start"),  # torch makes a tensor of nothing
    ("softmax", "axis"), ("log_softmax", "axis"),  # counted past the batch, torch goes on into it
    ("linear", "axis"),  # torch takes the last axis unasked
    ("max_pool", "padding"), ("avg_pool", "padding"), ("conv_transpose", "padding"),  # uneven: refused by us
    ("pad", "channels"), ("pad", "mode"),  # torch never sees the channels of a reflected padding
    ("channel_shuffle", "groups"),  # 1 and C groups move nothing
    ("group_norm", "groups"), ("instance_norm", None),  # one value per group: torch asks batch and mode too
    ("leaky_relu", "slope"), ("elu", "alpha"), ("celu", "alpha"),  # in place: torch refuses on the way back
    ("upsample", None),  # a module never hears of both a factor and a size
}  # fmt: skip


@each_op
@settings(max_examples=20)
@given(data=st.data(), batch=batches)
def test_what_stands_has_torchs_shape_and_counts(name, data, batch):
    drawn = data.draw(standing(name))
    output = drawn.op.shape(*drawn.inputs)
    cost = drawn.op.cost(drawn.inputs, output)

    answer = torch_side.ask(drawn, batch)

    assert answer.shape == (batch, *output)
    assert answer.params == cost.params
    assert answer.buffers == cost.buffers
    assert answer.flops == 2 * cost.macs * batch


@reading
@settings(max_examples=30)
@given(data=st.data(), batch=batches)
def test_what_is_refused_torch_refuses_too(name, data, batch):
    drawn = data.draw(anything(name))
    problems = list(drawn.op.check(*drawn.inputs))
    assume(not any((name, problem.field) in STRICTER for problem in problems))

    assert torch_side.accepts(drawn, batch) == (not problems)
