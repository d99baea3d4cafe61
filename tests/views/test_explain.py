"""The arithmetic on the blackboard: right for every layer of every network."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

import convcost
from convcost.cost import COUNTERS, METRICS
from convcost.engine.cost import report
from convcost.engine.run import Run
from convcost.reductions.roles import Roles
from convcost.render.terminal import render
from convcost.views.arithmetic import plain, written
from convcost.views.explain import layers, overview
from tests.engine.networks import networks
from tests.reductions.shipped_graphs import FAMILIES, network


def explained(name, *wanted):
    run = Run(network(name))
    roles = Roles(run.graph)
    nodes = [node for node in run.graph.layers if node.name in wanted]
    view = layers(run, report(run, roles.by_name), roles, nodes)
    return view, render(view)


def lines(name, layer):
    """Return what is said of one layer, by figure."""
    view, _ = explained(name, layer)
    return {figure: text for name, figure, text in view.data.items if name == layer}


def test_googlenets_5x5_with_and_without():
    _, text = explained("googlenet", "3a.b5.5x5.conv")
    assert "5×5 · 192 · 32 · 28·28 = 120,422,400" in text
    assert "1×1 · 192 · 16 · 28·28 + 5×5 · 16 · 32 · 28·28 = 2,408,448 + 10,035,200 = 12,443,648" in text
    assert "9.677× less with the reduction." in text


def test_a_convolution():
    said = lines("googlenet", "3a.b5.5x5.conv")
    assert "⌊(28 + 4 − 5) / 1⌋ + 1 = 28" == said["size"]
    assert "5×5 · 16 · 32 · 28·28 = 10,035,200" == said["macs"]
    assert "5×5 · 16 · 32 + 32 = 12,800 + 32 = 12,832" == said["params"]
    assert "32·28·28 · 4 = 100,352" == said["activation_bytes"]
    assert "27 + (5 − 1) · 8 = 59 px, stride 1 · 8 = 8 px" == said["receptive_field"]


@pytest.mark.parametrize(
    ("name", "layer", "figure", "text"),
    [
        pytest.param("lenet", "ip1.linear", "macs", "800 · 500 = 400,000", id="linear"),
        pytest.param("lenet", "pool1", "pooled", "2×2 · 20·12·12 = 11,520", id="pool"),
        pytest.param("resnet@50", "stem.norm", "params", "2 · 64 = 128", id="norm"),
        pytest.param("resnet@50", "stage1.0.add1", "added", "256·56·56 = 802,816", id="addition"),
        pytest.param(
            "resnet@50", "stem.act", "activation_bytes", "0: the output overwrites its input", id="in place"
        ),
        pytest.param("unet", "dec4.up", "macs", "2×2 · 1024 · 512 · 28·28 = 1,644,167,168", id="transposed"),
        pytest.param(
            "alexnet@2012", "conv2.conv", "macs", "5×5 · 48 · 256 · 27·27 = 223,948,800", id="groups"
        ),
        pytest.param(
            "googlenet",
            "3a.b5.reduce.conv",
            "saved_bytes",
            "0: its input pool2 is kept by 3a.b1.1x1.conv already",
            id="saved by another",
        ),
    ],
)
def test_other_layers(name, layer, figure, text):
    assert text == lines(name, layer)[figure]


@pytest.mark.parametrize("name", FAMILIES)
def test_every_formula_gives_the_figure(name):
    holds(Run(network(name), batch=2))


@given(networks())
def test_every_formula_of_every_op_gives_the_figure(graph):
    holds(Run(convcost.engine.settle(graph)))


def worked_out(formula):
    """Return what a formula as it is written comes to, by Python's own arithmetic."""
    text = re.sub("⌈(.*?) / (.*?)⌉", r"-(-(\1) // \2)", formula)
    signs = {"×": "*", "·": "*", "−": "-", "⌊": "(", "⌋": ")", " / ": " // ", ",": ""}
    for sign, by in signs.items():
        text = text.replace(sign, by)
    return eval(text, {"__builtins__": {}})  # digits and signs alone


ARITHMETIC = {"macs", "flops", "params", "activation_bytes", "weight_bytes", "traffic_bytes"}
ARITHMETIC |= {counter.replace("_", " ") for counter in COUNTERS}


def holds(run):
    """Every formula comes to what it says, and that is the report's figure."""
    roles = Roles(run.graph)
    found = report(run, roles.by_name)
    layer_of = {layer.name: layer for layer in found.layers}
    for name, figure, text in layers(run, found, roles, run.graph.layers).data.items:
        if figure == "size":
            for each in text.split(", "):
                formula, _, size = each.rpartition(" = ")
                assert (each, worked_out(size)) == (each, worked_out(formula))
        elif figure in ARITHMETIC and not text.startswith("0:"):
            values = [worked_out(part) for part in text.split(" = ")]
            assert [layer_of[name].metric(figure) if figure in METRICS else values[0]] * len(values) == values
            if figure.replace(" ", "_") in COUNTERS and figure != "params":
                assert getattr(layer_of[name].cost, figure.replace(" ", "_")) == values[0]


def test_the_overview_sums_to_the_network():
    rows = overview(Run(network("resnet@18")), "resnet@18").data.items
    values = [int(text.rpartition("= ")[2].replace(",", "")) for _, text in rows]
    assert sum(values[:-1]) == values[-1] == 1_814_073_344


def test_a_network_that_multiplies_nothing():
    net = convcost.spec.load_text(b"convcost: 1\nname: n\ninput: [3, 4, 4]\nlayers: [relu]\n")
    assert "0 macs" in render(overview(Run(net), "n"))


@pytest.mark.parametrize(
    ("lines", "figure", "text"),
    [
        pytest.param("[concat: {from: [input, input]}]", "size", "3 + 3 = 6", id="a concat's channels"),
        pytest.param("[flatten]", "size", "3·9·9 = 243", id="a flatten"),
        pytest.param(
            "[adaptive_avg_pool: {size: 6}]",
            "pooled",
            "3 · (9 + 6 − 3) · (9 + 6 − 3) = 432",
            id="adaptive windows",
        ),
        pytest.param("[upsample: {factor: 2}]", "size", "9 · 2 = 18", id="upsampled"),
        pytest.param("[upsample: {factor: 2, mode: bilinear}]", "taps", "4 · 3·18·18 = 3,888", id="taps"),
        pytest.param("[flatten, linear: {out: 5}]", "params", "243 · 5 + 5 = 1,215 + 5 = 1,220", id="a bias"),
        pytest.param("[layer_norm]", "params", "2 · 3 = 6", id="scale and shift"),
        pytest.param(
            "[conv: {out: 4, kernel: 2, padding: same, stride: 2}]",
            "size",
            "⌊(9 + 1 − 2) / 2⌋ + 1 = 5",
            id="same",
        ),
    ],
)
def test_every_op_explains_itself(lines, figure, text):
    net = convcost.spec.load_text(f"convcost: 1\nname: n\ninput: [3, 9, 9]\nlayers: {lines}\n".encode())
    run = Run(net)
    shown = layers(run, report(run), Roles(net), net.layers).data.items
    assert text == {key: said for _, key, said in shown}[figure]


@pytest.mark.parametrize(
    ("factors", "text"),
    [
        pytest.param([(3, 3), 5], "3·3 · 5 = 45", id="a product"),
        pytest.param([12_544], "12,544", id="a number"),
    ],
)
def test_how_it_is_written(factors, text):
    assert text == written([plain(*factors)])
