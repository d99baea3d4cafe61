"""What changed between two networks, layer by layer."""

from __future__ import annotations

import pytest

from convcost import analyze
from convcost.engine import analyze as run
from convcost.engine.delta import delta
from convcost.spec import load_text
from tests.budget.repository import TINY


def report(text):
    return run(load_text(text.encode()))


def changes(old, new):
    found = delta(report(old), report(new))
    return [(c.sign, c.layer.name, c.growth("macs")) for c in found.changes], found.unchanged, found.renamed


BODY = "  - conv: {name: body, out: 32, kernel: 3, padding: half}\n"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(TINY, TINY, ([], 7, 0), id="nothing"),
        pytest.param(
            TINY,
            TINY.replace("kernel: 3}", "kernel: 5}", 1),
            ([("~", "stem.conv", 3 * 16 * 16 * 1024)], 6, 0),
            id="a kernel",
        ),
        pytest.param(
            TINY,
            TINY.replace(BODY, BODY + "  - relu\n"),
            ([("+", "relu1", 0)], 7, 0),
            id="a layer more",
        ),
        pytest.param(
            TINY.replace(BODY, BODY + "  - relu\n"), TINY, ([("-", "relu1", 0)], 7, 0), id="a layer less"
        ),
        pytest.param(TINY, TINY.replace("name: body", "name: trunk"), ([], 7, 1), id="another name"),
        pytest.param(
            TINY.replace(BODY, "  - conv: {out: 32, kernel: 3}\n  - conv: {out: 16, kernel: 1}\n"),
            TINY.replace(
                BODY,
                "  - conv: {out: 4, kernel: 1}\n  - conv: {out: 8, kernel: 1}\n"
                "  - conv: {out: 32, kernel: 3}\n  - conv: {out: 16, kernel: 1}\n",
            ),
            ([("+", "conv1", 8 * 4 * 1024), ("+", "conv2", 4 * 8 * 1024)], 8, 2),
            id="unnamed layers shift",
        ),
    ],
)
def test_changes(old, new, expected):
    assert expected == changes(old, new)


@pytest.mark.parametrize("metric", ["macs", "params", "saved_bytes", "traffic_bytes"])
def test_growth_adds_up_to_the_totals(metric):
    old, new = analyze("resnet@50"), analyze("resnet@50_v1")
    grown = sum(change.growth(metric) for change in delta(old, new).changes)
    assert new.totals.metric(metric) - old.totals.metric(metric) == grown


def test_what_grew_stands_first():
    grown = delta(
        report(TINY), report(TINY.replace("kernel: 3}", "kernel: 7}", 1).replace("out: 8", "out: 9"))
    )
    assert ["stem.conv", "body", "reduce"] == [change.layer.name for change in grown.grown("macs")]
