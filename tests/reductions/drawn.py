"""Networks drawn for the transforms: chains of convolutions, 1×1 ones among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from convcost.engine import settle
from convcost.ir import INPUT
from tests.engine.networks import Builder

if TYPE_CHECKING:
    from convcost.ir import Graph


def nested():
    """A reduction that a 3×3 and another reduction read."""
    net = Builder(8, 6, 6)
    outer = net.conv(INPUT, name="outer", out=4, kernel=1)
    left = net.conv(outer, name="left", out=6, kernel=3, padding=1)
    right = net.conv(net.conv(outer, name="inner", out=2, kernel=1), name="right", out=6, kernel=3, padding=1)
    net.concat(left, right)
    return net.graph()


@st.composite
def networks(draw: st.DrawFn, most: int = 7) -> Graph:
    """Draw a network in which reductions, sandwiches, branches and near misses are common."""
    net = Builder(draw(st.integers(2, 9)), 6, 6)
    tensor, earlier = INPUT, [INPUT]
    for _ in range(draw(st.integers(1, most))):
        tensor = draw(st.sampled_from((_one, _one, _three, _three, _plain, _bottleneck, _branches)))(
            draw, net, tensor
        )
        earlier.append(tensor)
        if draw(st.integers(0, 5)) == 0:
            tensor = draw(st.sampled_from(earlier[-3:]))
    return settle(net.graph())


def _extras(draw, net, tensor):
    if draw(st.booleans()):
        tensor = net.bn(tensor)
    if draw(st.booleans()):
        tensor = net.relu(tensor, act=draw(st.booleans()))
    if draw(st.integers(0, 6)) == 0:
        tensor = net.dropout(tensor)
    return tensor


def _one(draw, net, tensor):
    stride = draw(st.sampled_from((1, 1, 1, 2)))
    stride = min(stride, net.shapes[tensor][1])
    out = draw(st.integers(1, 9))
    return _extras(draw, net, net.conv(tensor, out=out, kernel=1, stride=stride, bias=draw(st.booleans())))


def _three(draw, net, tensor):
    kernel = draw(st.sampled_from((3, (1, 3), 5)))
    out = draw(st.integers(1, 9))
    return _extras(
        draw, net, net.conv(tensor, out=out, kernel=kernel, padding="half", bias=draw(st.booleans()))
    )


def _plain(draw, net, tensor):
    pool = {"kernel": 3, "stride": 1, "padding": 1}
    op, fields = draw(st.sampled_from((("relu", {}), ("bn", {}), ("max_pool", pool), ("avg_pool", pool))))
    return getattr(net, op)(tensor, **fields)


def _bottleneck(draw, net, tensor):
    width = draw(st.integers(1, 4))
    body = _extras(draw, net, net.conv(tensor, out=width, kernel=1))
    body = _extras(draw, net, net.conv(body, out=width, kernel=3, padding="half"))
    body = net.conv(body, out=net.shapes[tensor][0], kernel=1)
    return net.relu(net.add(body, tensor), act=True)


def _branches(draw, net, tensor):
    left = _three(draw, net, _one_plain(draw, net, tensor))
    right = _one_plain(draw, net, net.max_pool(tensor, kernel=3, stride=1, padding=1))
    return net.concat(left, right)


def _one_plain(draw, net, tensor):
    return _extras(draw, net, net.conv(tensor, out=draw(st.integers(1, 6)), kernel=1))
