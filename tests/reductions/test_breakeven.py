"""Break-even widths against trying every width on whole networks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings

import convcost
from convcost import UsageError
from convcost.engine import analyze
from convcost.engine.run import Run
from convcost.ir import INPUT
from convcost.reductions.breakeven import Curve, bisected
from convcost.reductions.new_site import new_site
from convcost.reductions.roles import Roles
from convcost.reductions.site_costs import SiteCosts
from convcost.rewire import rewire
from convcost.spec import load_text
from tests.engine.networks import Builder
from tests.reductions.drawn import networks
from tests.reductions.shipped_graphs import network


def brute_force(graph, row):
    """Return the largest saving width by analysing the whole network at every width."""
    largest = dict.fromkeys(row.largest)
    sites = Roles(graph).sites
    own = {node.name for node in sites[row.layer].layers} if row.layer in sites else set(row.readers)
    base = analyze(graph)
    bare = convcost.without_reductions(graph, only=row.layer).graph if row.layer in sites else graph
    limit = measured(analyze(bare), own)
    for width in range(1, row.wide + 1):
        if row.layer in sites:
            changed, names = resized(graph, sites[row.layer], width), own
        else:
            links = Roles(graph).links
            site = new_site(links, links.makers[row.layer], width)
            changed, names = rewire(graph, site.insertion()), {node.name for node in site.layers}
        now = measured(analyze(changed), names)
        for quantity, value in now.items():
            if value < limit[quantity]:
                largest[quantity] = width
    assert base.totals.cost.macs >= 0
    return largest


def measured(report, names):
    """Return what a site costs in a network: its own layers, but saved bytes are the network's."""
    layers = [layer for layer in report.layers if layer.name in names]
    return {
        "macs": sum(layer.cost.macs for layer in layers),
        "params": sum(layer.cost.params for layer in layers),
        "peak_bytes": max(layer.peak_bytes for layer in layers),
        "saved_bytes": report.totals.saved_bytes,
    }


def resized(graph, site, width):
    """Return the graph with a site of another width."""
    changes = {node.name: node for node in site.resized(width).layers}
    return replace(graph, nodes=tuple(changes.get(node.name, node) for node in graph.nodes))


def sequence(*convs, channels=8, norm=False):
    """A chain of convolutions, (out, kernel) each, with norms and activations."""
    net = Builder(channels, 7, 7)
    tensor = net.relu(net.conv(INPUT, out=channels, kernel=1), act=True)
    for out, kernel in convs:
        tensor = net.conv(tensor, out=out, kernel=kernel, padding="half", bias=not norm)
        tensor = net.relu(net.bn(tensor) if norm else tensor, act=True)
    net.conv(net.global_avg_pool(tensor), out=3, kernel=1)
    return net.graph()


@pytest.mark.parametrize("norm", [pytest.param(False, id="bias"), pytest.param(True, id="norm")])
@pytest.mark.parametrize(
    "convs",
    [
        pytest.param([(12, 3)], id="not reduced"),
        pytest.param([(3, 1), (12, 5)], id="reduced"),
        pytest.param([(2, 1), (2, 3), (16, 1), (4, 3)], id="sandwich"),
        pytest.param([(2, 1), (5, (1, 7)), (6, (7, 1))], id="factorised"),
        pytest.param([(1, 3)], id="nothing to save"),
    ],
)
def test_every_width_tried(convs, norm):
    graph = convcost.engine.settle(sequence(*convs, norm=norm))
    rows = convcost.breakeven(graph)
    assert rows
    for row in rows:
        assert brute_force(graph, row) == row.largest


@settings(max_examples=25)
@given(networks(4))
def test_every_width_tried_on_drawn_networks(graph):
    rows = convcost.breakeven(graph)
    assume(rows)
    row = rows[-1]
    assert brute_force(graph, row) == row.largest


def test_googlenets_3a():
    five, three = (convcost.breakeven("googlenet", only=f"3a.{b}")[0] for b in ("b5", "b3"))
    # ⌈25 · 192 · 32 / (192 + 25 · 32)⌉ − 1 = ⌈153600 / 992⌉ − 1; ⌈9 · 192 · 128 / (192 + 9 · 128)⌉ − 1
    assert (154, 164) == (five.largest["macs"], three.largest["macs"])
    # the biases: 1 more per channel of the reduction: ⌈153600 / 993⌉ − 1; ⌈221184 / 1345⌉ − 1
    assert (154, 164) == (five.largest["params"], three.largest["params"])


def test_resnets_bottleneck():
    row = convcost.breakeven("resnet@50", only="stage1.1")[0]
    # 9·r² + (256 + 256)·r < 9 · 256 · 256: r = 229 gives 589,217 < 589,824, 230 gives 593,860
    assert (256, 64, True, 229) == (row.wide, row.width, row.sandwich, row.largest["macs"])
    # with two norms of 2 parameters a channel: 9·r² + 516·r: 229 gives 590,133
    assert 228 == row.largest["params"]


def test_squeezenets_readers_share_a_row():
    row = convcost.breakeven("squeezenet@1_0", only="fire3")[0]
    assert ("fire3.e1.1x1.conv", "fire3.e3.3x3.conv") == row.readers
    # both read it: D = 1·64 + 9·64 = 640 per channel and position: ⌈640 · 128 / (128 + 640)⌉ − 1
    assert 106 == row.largest["macs"]


def test_strides_count_where_they_stand():
    old, new = (
        convcost.breakeven(n, only="stage2.0")[0].largest["macs"] for n in ("resnet@50_v1", "resnet@50")
    )
    # v1: all at a quarter of the positions; v1.5: the reduction at all of them, and 256 is the most
    # P·(256 r + 9 r² + 512 r) < P·9·256·512 against P·(4·256 r + 9 r² + 512 r)
    assert (256, 256) == (old, new)


def test_points_are_on_the_curve_and_the_curve_is_the_network():
    row = convcost.breakeven("googlenet", only="4e.b3")[0]
    site = next(s for s in convcost.analyze("googlenet").reductions.sites if s.layer == row.layer)
    now = next(point for point in row.points if point.width == row.width)
    assert (site.present.macs, site.present.params) == (now.macs, now.params)
    assert (site.without.macs, site.without.params) == (row.macs.without, row.params.without)
    assert [160, 264, 132, 66] == [point.width for point in row.points]


def test_widths_that_a_norm_cannot_have_are_passed_over():
    text = """convcost: 1
name: n
input: [16, 8, 8]
layers:
  - conv: {name: r, out: 8, kernel: 1, norm: {group_norm: {groups: 4}}, act: relu}
  - conv: {name: s, out: 32, kernel: 3, padding: half}
  - conv: {out: 2, kernel: 1}
"""
    row = convcost.breakeven(load_text(text.encode()))[0]
    # ⌈9 · 16 · 32 / (16 + 9 · 32)⌉ − 1 = 15, of which 12 is the next multiple of 4
    assert 12 == row.largest["macs"]


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        pytest.param(Curve(0, 10, 0, 100), 9, id="strictly less"),
        pytest.param(Curve(0, 10, 0, 101), 10, id="just less"),
        pytest.param(Curve(0, 10, 95, 100), 0, id="never"),
        pytest.param(Curve(1, 0, 0, 26), 5, id="square"),
        pytest.param(Curve(1, 0, 0, 25), 4, id="square, strictly"),
        pytest.param(Curve(0, 1, 0, 1000), 50, id="no more than there are"),
    ],
)
def test_curves(curve, expected):
    assert expected == curve.largest(50)
    assert expected == bisected(curve.at, curve.without, 50)


def test_peaks_and_saved_bytes_never_fall_with_the_width():
    graph = network("squeezenet@1_0")
    costs = SiteCosts(Run(graph), Roles(graph).sites["fire4.squeeze.conv"])
    widths = [costs.at(width) for width in range(1, 129, 9)]
    for quantity in ("peak_bytes", "saved_bytes"):
        values = [getattr(figures, quantity) for figures in widths]
        assert sorted(values) == values


def test_nothing_matches():
    with pytest.raises(UsageError) as caught:
        convcost.breakeven("googlenet", only="fc")
    assert "CC503" == caught.value.diagnostics[0].code
