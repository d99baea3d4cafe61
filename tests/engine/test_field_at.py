"""Fields position by position: against where gradients fall in float64, all weights being positive."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.engine import analyze
from convcost.engine.field_at import field_at
from convcost.exact import prod
from convcost.ir import INPUT
from tests.engine.networks import Builder

# An interpolation's weight that is zero comes out of torch as a few times 2**-53; all others here are products
# of at most six weights, none below 1/40 squared for an average, 1/1000 for an interpolation.
NOISE = 1e-15


def gradients(graph, positions):
    """Yield for positions of the last layer the pixels per dim on which gradients fall, or None.

    Weights and inputs are random and positive: with ones, a cubic's negative weights could cancel out.
    """
    import torch

    from convcost.torch_backend import build

    random = torch.Generator().manual_seed(0)
    network = build(graph).double().eval()
    with torch.no_grad():
        for weight in network.parameters():
            weight.copy_(torch.rand(weight.shape, generator=random, dtype=torch.float64) + 0.5)
    x = torch.rand((1, *graph.input), generator=random, dtype=torch.float64) + 0.5
    output = network(x.requires_grad_()).sum(1)[0]  # of all channels together
    for position in positions:
        (gradient,) = torch.autograd.grad(output[position], x, retain_graph=True, allow_unused=True)
        places = () if gradient is None else (gradient[0].abs() > NOISE).nonzero()[:, 1:]
        yield tuple((int(p.min()), int(p.max())) for p in places.T) if len(places) else None


def assert_seen(graph):
    """Compare every position's field with its gradients, and its size with what the report says."""
    node = graph.nodes[-1]
    fields = analyze(graph).layers[-1].field
    edged = any(getattr(each.op, "mode", "") in {"reflect", "replicate"} for each in graph.nodes)
    positions = [*product(*map(range, node.shape[1:]))]
    for position, expected in zip(positions, gradients(graph, positions), strict=True):
        found = field_at(graph, node, position)[INPUT]
        assert (position, expected) == (position, found.clipped)
        if expected is None or edged:
            continue
        for dim, (low, high), (first, last) in zip(fields, found.box, expected, strict=True):
            assert low <= first <= last <= high
            assert dim.least <= high - low + 1 <= dim.size


MODES = {1: ("nearest", "linear"), 2: ("nearest", "bilinear", "bicubic")}
small = st.integers(1, 4)


@st.composite
def grown(draw, dims, sizes, most):
    """Draw a network of windows of all kinds, up and down, with branches and gates between."""
    net = Builder(1, *(draw(st.integers(*sizes)) for _ in range(dims)))
    names = [INPUT]
    for _ in range(draw(st.integers(1, most))):
        added = draw(st.sampled_from(STEPS if dims == 1 else CHAINED))(draw, net, names)
        if added:
            names.append(added)
    if len(names) == 1:
        net.identity(INPUT)
    return net.graph(net.nodes[-1].name)


def _window(draw, net, names):
    kernel, dilation = draw(small), draw(st.integers(1, 3))
    padding = draw(st.integers(0, kernel))
    fields = {"kernel": kernel, "dilation": dilation, "stride": draw(small), "padding": padding}
    return fits(net, "conv", draw(latest(names)), out=draw(st.integers(1, 2)), **fields)


def _pool(draw, net, names):
    kernel = draw(small)
    fields = {"kernel": kernel, "stride": draw(small), "padding": draw(st.integers(0, kernel // 2))}
    return fits(net, "avg_pool", draw(latest(names)), ceil_mode=draw(st.booleans()), **fields)


def _transposed(draw, net, names):
    stride, dilation = draw(small), draw(st.integers(1, 3))
    more = draw(st.integers(0, max(stride, dilation) - 1))
    fields = {"stride": stride, "dilation": dilation, "padding": draw(st.integers(0, 2))}
    x = draw(latest(names))
    return fits(net, "conv_transpose", x, out=1, kernel=draw(small), output_padding=more, **fields)


def _resized(draw, net, names):
    sized = {"factor": draw(small)} if draw(st.booleans()) else {"size": draw(st.integers(1, 24))}
    return fits(
        net,
        "upsample",
        draw(latest(names)),
        mode=draw(st.sampled_from(MODES[len(net.shapes[INPUT]) - 1])),
        **sized,
    )


def _adaptive(draw, net, names):
    return fits(net, "adaptive_avg_pool", draw(latest(names)), size=draw(st.integers(1, 8)))


def _edged(draw, net, names):
    mode = draw(st.sampled_from(("zero", "reflect", "replicate")))
    return fits(net, "pad", draw(latest(names)), size=draw(st.integers(0, 3)), mode=mode)


def _sum(draw, net, names):
    """Add two tensors, the one brought to the size of the other."""
    one, other = draw(latest(names)), draw(st.sampled_from(names))
    if net.shapes[one][1:] != net.shapes[other][1:]:
        one = net.upsample(one, mode=draw(st.sampled_from(MODES[len(net.shapes[INPUT]) - 1])), like=other)
    return net.concat(one, other)


def _gated(draw, net, names):
    """Multiply by a gate; the bias keeps a padded zero from hiding what the gate sees."""
    x = net.conv(draw(latest(names)), out=1, kernel=1)
    return net.mul(x, net.global_avg_pool(x))


CHAINED = (_window, _window, _pool, _transposed, _resized, _resized, _adaptive, _edged, _gated)
# Dims are followed each by itself: a branch that sees nothing but padding along one dim is still
# counted along the others, so in two dims nothing is summed here.
STEPS = (*CHAINED, _sum)


def latest(names):
    return st.one_of(st.just(names[-1]), st.just(names[-1]), st.sampled_from(names[-3:]))


def fits(net, name, source, **fields):
    """Append an op if it can stand there and leaves the net small."""
    from convcost.ops import op_class

    op, shape = op_class(name)(**fields), net.shapes[source]
    if [*op.check(shape)] or not 0 < prod(op.shape(shape)[1:]) <= 40:
        return None
    return net.add_op(op, source)


@settings(max_examples=150)
@given(grown(dims=1, sizes=(1, 24), most=6))
def test_fields_are_where_gradients_fall(graph):
    pytest.importorskip("torch")
    assert_seen(graph)


@settings(max_examples=25)
@given(grown(dims=2, sizes=(1, 6), most=4))
def test_fields_are_where_gradients_fall_in_two_dims(graph):
    pytest.importorskip("torch")
    assert_seen(graph)
