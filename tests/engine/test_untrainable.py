"""A batch norm over one value per channel has no variance: torch refuses to train it, and we say so."""

from __future__ import annotations

import json

import pytest

from convcost.engine import analyze
from convcost.ir import INPUT
from convcost.render import terminal
from convcost.to_json.report import network
from convcost.views.analyze import view
from tests.engine.networks import Builder

WHY = "norm: a batch norm needs more than one value per channel to train: raise the batch"


def report(batch, size=1):
    net = Builder(3, size, size)
    net.bn(net.conv(INPUT, out=4, kernel=1), name="norm")
    return analyze(net.graph(), batch)


@pytest.mark.parametrize(
    ("batch", "size", "why"),
    [
        pytest.param(1, 1, WHY, id="one value"),
        pytest.param(2, 1, None, id="of two samples"),
        pytest.param(1, 2, None, id="of four positions"),
    ],
)
def test_what_torch_refuses_to_train_is_said(batch, size, why):
    assert why == report(batch, size).untrainable


def test_json_has_no_saved_bytes_then():
    data = json.loads(json.dumps(network(report(1))))

    assert WHY == data["untrainable"]
    assert [None] * 3 == [figures["saved_bytes"] for figures in (data["totals"], *data["layers"])]


def test_people_see_the_reason():
    text = terminal.render(view(report(1), "net"), width=120)

    assert f"no training step runs at batch 1: {WHY}" in " ".join(text.split())
    assert "no training step" not in terminal.render(view(report(2), "net"), width=120)
