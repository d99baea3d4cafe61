"""What each reduction buys: the site walked alone against the whole network analysed anew."""

from __future__ import annotations

import pytest
from hypothesis import example, given

import convcost
from convcost.engine import analyze
from convcost.engine.run import Run
from convcost.ir import INPUT
from convcost.reductions.roles import Roles
from convcost.reductions.site_costs import SiteCosts
from convcost.reductions.splice import Splice, Stretch
from convcost.report import VERDICTS, Figures
from convcost.rewire import rewired
from tests.engine.networks import Builder
from tests.reductions.drawn import nested, networks
from tests.reductions.shipped_graphs import FAMILIES, network, report

WITH_SITES = ("googlenet", "resnet@50", "resnet@50_v1", "squeezenet@1_0", "preact_resnet@164", "densenet@121")


def figures(report, names, saved):
    """Return some layers' figures from a report of everything."""
    layers = [layer for layer in report.layers if layer.name in names]
    values = {m: sum(layer.metric(m) for layer in layers) for m in Figures._fields}
    return Figures(
        **(values | {"peak_bytes": max(layer.peak_bytes for layer in layers), "saved_bytes": saved})
    )


def agrees(graph, site, report):
    """Whether a site's figures are those of analysing both networks whole."""
    alone = convcost.without_reductions(graph, only=site.layer)
    removed = next(r for r in alone.sites if r.layer == site.layer)
    names = {node.name for node in removed.site.layers}
    after = analyze(alone.graph)
    assert figures(report, names, site.present.saved_bytes) == site.present
    saved = site.present.saved_bytes + after.totals.saved_bytes - report.totals.saved_bytes
    assert figures(after, names, saved) == site.without


@pytest.mark.parametrize("name", WITH_SITES)
def test_sites_equal_whole_analyses(name):
    sites = report(name).reductions.sites
    for site in sites[:: max(1, len(sites) // 6)]:
        agrees(network(name), site, report(name))


@example(nested())
@given(networks())
def test_sites_of_drawn_networks_equal_whole_analyses(graph):
    found = convcost.analyze(graph)
    first = {site.layer for site in convcost.without_reductions(graph).sites if site.before is graph}
    for site in found.reductions.sites:
        if site.layer in first:
            agrees(graph, site, found)


@pytest.mark.parametrize("name", FAMILIES)
def test_totals_without_are_those_of_the_network_without(name):
    after = analyze(convcost.without_reductions(network(name)).graph)
    assert after.totals == report(name).reductions.totals_without
    assert after.peaks["fused"].bytes == report(name).reductions.fused_without


@pytest.mark.parametrize("name", ["googlenet", "resnet@50"])
def test_batch_and_dtype_scale(name):
    once, batch = report(name).reductions, convcost.analyze(name, batch=3, dtype="float16").reductions
    for a, b in zip(once.sites, batch.sites, strict=True):
        assert (3 * a.present.macs, a.present.params) == (b.present.macs, b.present.params)
        assert 3 * a.without.activation_bytes == 2 * b.without.activation_bytes  # half as large, three times


def test_the_issues_example():
    site = next(s for s in report("googlenet").reductions.sites if s.layer == "3a.b5.reduce.conv")
    assert (192, 16, 32, ("5×5",)) == (site.wide, site.width, site.out, site.kernels)
    assert (12_443_648, 120_422_400) == (site.present.macs, site.without.macs)


def test_six_of_densenets_reductions_add_more_macs_than_they_save():
    sites = report("densenet@121").reductions.sites
    assert 6 == sum(site.effect("macs").word == "more" for site in sites)
    assert {"less", "same", "more"} >= {v for site in sites for v in site.verdicts.values()}


def test_verdicts_may_disagree():
    site = report("googlenet").reductions.sites[0]
    assert dict(zip(VERDICTS, ("less", "less", "more", "more"), strict=True)) == site.verdicts


def test_roles_sum_to_all_1x1_convolutions():
    shares = {share.role: share for share in report("resnet@50").reductions.roles}
    # 16 times: the input's channels to the bottleneck's width, at the input's positions
    assert 937_689_088 == shares["reduce"].macs
    assert (16, 0) == (shares["expand"].layers, shares["expand"].nonlinearities)


def test_pool_projections_count_where_asked():
    found = convcost.analyze("inception_3a", also=["pool_projection"]).reductions
    assert (("3a.pool.proj.conv",), 303_464_448) == (found.projections, found.totals_without.cost.macs)


def test_a_reduction_that_changes_how_tensors_lie_is_walked_whole():
    """A layer norm closes what lay channels-last; without it the rest lies otherwise."""
    net = Builder(8, 6, 6)
    last = net.permute(net.conv(INPUT, out=8, kernel=3), order=(1, 2, 0))
    first = net.permute(net.linear(last, out=8, axis=-1), order=(2, 0, 1))
    narrow = net.layer_norm(net.conv(first, name="r", out=4, kernel=1))
    spatial = net.conv(narrow, name="s", out=8, kernel=3)
    net.linear(net.flatten(net.bn(spatial)), out=2)
    graph = net.graph()
    found = convcost.analyze(graph)
    run = Run(graph)
    costs = SiteCosts(run, Roles(graph).sites["r"])
    nodes = rewired(graph.nodes[costs.lo : costs.hi + 1], costs.site.removal())
    stretch = Stretch(costs.lo, costs.hi, nodes, {}, frozenset({"s"}))
    assert not Splice(run, stretch, costs.opened).fits()
    agrees(graph, found.reductions.sites[0], found)
