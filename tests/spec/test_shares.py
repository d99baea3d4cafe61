"""Shared weights: counted once, multiplied with each time, and alike on both sides."""

from __future__ import annotations

import pytest

import convcost
from convcost.errors import ConvcostError
from convcost.spec import load_text
from convcost.spec.write import write

HEADS = """convcost: 1
name: heads
inputs: {p3: [8, 8, 8], p4: [8, 4, 4]}
blocks:
  head:
    layers:
      - conv: {name: tower, out: 8, kernel: 3, padding: half, norm: bn, act: relu}
      - conv: {name: score, out: 2, kernel: 1}
outputs: [a, b]
layers:
  - head: {name: a, from: p3}
  - head: {name: b, from: p4, share: a}
"""


def load(text: str):
    return load_text(text.encode(), "net.yaml")


def test_weights_count_once_and_multiply_each_time() -> None:
    report = convcost.analyze(load(HEADS))
    # tower: 8 · 8 · 9 = 576 weights, 2 · 8 of the norm; score: 8 · 2 + 2
    assert 576 + 16 + 18 == report.totals.cost.params
    assert 2 * 8 + 1 == report.totals.cost.buffers
    # 64 + 16 positions
    assert 80 * (576 + 16) == report.totals.cost.macs
    assert [0, 0, 0, 0] == [layer.weight_bytes for layer in report.layers if layer.name.startswith("b.")]


def test_of_a_chain_of_shares_the_first_has_the_weights() -> None:
    graph = load(HEADS.replace("[a, b]", "[a, b, c]") + "  - head: {name: c, from: p4, share: b}\n")
    assert {None, "a.tower.conv", "a.tower.norm", "a.score"} == {node.shares for node in graph.layers}


def test_every_use_reads_them() -> None:
    """Traffic counts the weights of each use: they have to be moved again."""
    apart = convcost.analyze(load(HEADS.replace(", share: a", "")))
    together = convcost.analyze(load(HEADS))
    assert apart.totals.traffic_bytes == together.totals.traffic_bytes
    assert apart.totals.saved_bytes == together.totals.saved_bytes


def test_written_and_read_back() -> None:
    graph = load(HEADS)
    assert [node.shares for node in graph.nodes] == [node.shares for node in load(write(graph)).nodes]


def test_a_reduction_with_shared_weights_stays() -> None:
    graph = load(
        "convcost: 1\nname: n\ninput: [16, 8, 8]\nblocks:\n  unit:\n    layers:\n"
        "      - conv: {name: reduce, out: 4, kernel: 1}\n"
        "      - conv: {name: wide, out: 16, kernel: 3, padding: half}\n"
        "layers:\n  - unit: {name: one}\n  - unit: {name: two, share: one}\n"
    )
    found = convcost.analyze(graph).reductions
    assert () == found.sites
    assert (
        ("one.reduce", "its weights are shared with two.reduce"),
        ("two.reduce", "its weights are shared with one.reduce"),
    ) == found.kept


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        pytest.param(
            ["conv: {name: a, out: 8, kernel: 3}", "conv: {name: b, out: 8, kernel: 1, share: a}"],
            "the weights of 'b' and 'a' are not alike",
            id="other kernels",
        ),
        pytest.param(
            ["conv: {name: a, out: 4, kernel: 1}", "conv: {name: b, out: 4, kernel: 1, share: a}"],
            "the weights of 'b' and 'a' are not alike",
            id="other channels",
        ),
        pytest.param(
            ["conv: {name: a, out: 8, kernel: 1}", "conv: {name: b, out: 8, kernel: 1, norm: bn, share: a}"],
            "'b' has weights in 'conv', 'a' has none there",
            id="another form",
        ),
        pytest.param(["relu: {name: a}", "relu: {share: a}"], "'a' has no weights to share", id="no weights"),
        pytest.param(["relu: {name: a, share: a}"], "'a' cannot share the weights of 'a'", id="its own"),
        pytest.param(
            ["relu: {name: a, share: input}"], "'a' cannot share the weights of 'input'", id="the input"
        ),
        pytest.param(
            ["relu: {share: later}", "conv: {name: later, out: 8, kernel: 1}"], "no earlier layer", id="later"
        ),
        pytest.param(
            ["conv: {name: a, out: 8, kernel: 1}", "residual: {share: a, body: [relu]}"],
            "share: needs a name: on the same line",
            id="no level",
        ),
    ],
)
def test_refused(lines, message) -> None:
    text = "convcost: 1\nname: n\ninput: [8, 8, 8]\nlayers:\n" + "".join(f"  - {line}\n" for line in lines)
    with pytest.raises(ConvcostError) as caught:
        load(text)
    assert any(message in d.message for d in caught.value.diagnostics), caught.value.diagnostics
