"""How many layers a spec may have, with a small cap: all that fit are made, and no more are begun."""

from __future__ import annotations

import pytest

from convcost.spec import growth
from tests.spec.helpers import codes, layers, net

TEN = "blocks: {b: {args: {n: 10}, layers: [relu: {repeat: n}]}}\n"


@pytest.fixture(autouse=True)
def _small_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "MAX_LAYERS", 100)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(net("relu: {repeat: 100}"), 100, id="one line"),
        pytest.param(net("b: {repeat: 10}", head=TEN), 100, id="ten times ten"),
        pytest.param(net("relu: {repeat: 50}", "b: {repeat: 5}", head=TEN), 100, id="after others"),
        pytest.param(net("b: {repeat: 2, first: {n: 99}, n: 1}", head=TEN), 100, id="the first is large"),
        pytest.param(net("b: {repeat: 21, last: {n: 80}, n: 1}", head=TEN), 100, id="the last is large"),
        pytest.param(net("b: {repeat: 11, first: {n: 50}, n: 5}", head=TEN), 100, id="then smaller ones"),
    ],
)
def test_what_fits_is_made(text: str, expected: int) -> None:
    assert expected == len(layers(text))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(net("relu: {repeat: 101}"), id="one line"),
        pytest.param(net("relu", "b: {repeat: 10}", head=TEN), id="ten times ten and one"),
        pytest.param(net("conv: {out: 3, kernel: 1, act: relu, repeat: 51}"), id="two layers each"),
        pytest.param(net("b: {repeat: 2, first: {n: 100}, n: 1}", head=TEN), id="the first is large"),
        pytest.param(net("residual: {body: [relu], repeat: 51}"), id="a container"),
    ],
)
def test_what_does_not_fit_is_refused(text: str) -> None:
    assert ["CC311"] == codes(text)


def test_repeats_that_multiply_are_refused_before_a_layer_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = []
    step = growth.Growth.step
    monkeypatch.setattr(growth.Growth, "step", lambda self: steps.append(1) or step(self))
    assert ["CC311"] == codes(net("b: {repeat: 11}", head=TEN))
    assert 3 == len(steps)  # the line, its first repetition, and the line in that
