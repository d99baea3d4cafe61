"""Where an interpolation reads: its windows against the positions torch really weighs."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.ops.pixel_shuffle import PixelShuffle
from convcost.ops.upsample import Upsample, nearest_window, weighed_window

sizes = st.integers(1, 24)

# float32: a weight of zero may come out as a few times 2**-24, the least that is none is 1/50
ROUNDING = 1e-5


def positions(window, place):
    """The positions that one output position reads."""
    return list(window.taps(place))


@given(size=sizes, out=sizes)
def test_nearest_reads_the_position_below(size, out):
    window = nearest_window(size, out)

    for place in range(out):
        assert positions(window, place) == [place * size // out]


@pytest.mark.parametrize("taps", [2, 4])
@given(size=sizes, out=sizes)
def test_weighed_reads_around_the_centre_or_the_centre_alone(taps, size, out):
    window = weighed_window(size, out, taps)

    for place in range(out):
        centre = (place + Fraction(1, 2)) * Fraction(size, out) - Fraction(1, 2)
        first = floor(centre) - (taps // 2 - 1)
        expected = [centre] if centre == floor(centre) else list(range(first, first + taps))
        assert expected == positions(window, place)


@pytest.mark.parametrize(
    ("mode", "dims"),
    [
        pytest.param("linear", 1, id="linear"),
        pytest.param("bilinear", 2, id="bilinear"),
        pytest.param("linear", 3, id="trilinear"),
        pytest.param("bicubic", 2, id="bicubic"),
        pytest.param("nearest", 2, id="nearest"),
    ],
)
@pytest.mark.parametrize(("size", "out"), [(3, 6), (4, 7), (6, 3), (5, 5)])
def test_torch_weighs_what_is_in_the_window_and_nothing_else(mode, dims, size, out):
    torch = pytest.importorskip("torch")
    op = Upsample(size=out, mode=mode)
    shape = (1, *(size,) * dims)
    window = op.windows((shape,), op.shape(shape))[-1]
    x = torch.ones((1, *shape), requires_grad=True)
    output = op.to_torch(shape)(x)

    for place in range(out):
        (gradient,) = torch.autograd.grad(output[..., place].sum(), x, retain_graph=True)
        weighed = (gradient.reshape(-1, size).abs().sum(0) > ROUNDING).nonzero().flatten().tolist()
        inside = {min(max(position, 0), size - 1) for position in positions(window, place)}
        assert inside == set(weighed)


def test_pixel_shuffle_reads_one_position():
    op = PixelShuffle(factor=3)

    (window, _) = op.windows(((9, 4, 5),), (1, 12, 15))

    assert [positions(window, place) for place in range(6)] == [[0], [0], [0], [1], [1], [1]]
