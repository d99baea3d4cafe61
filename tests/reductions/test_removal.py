"""Networks without their reductions: the reference numbers as integers, and the laws."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import convcost
from convcost import SpecError, UsageError
from convcost.engine import reshape
from convcost.engine.inplace import resettle
from convcost.ir import INPUT
from convcost.reductions.roles import Roles
from convcost.spec import load_text
from tests.engine.networks import Builder
from tests.reductions.drawn import nested, networks
from tests.reductions.shipped_graphs import FAMILIES, bare, network
from tests.specs.facts_table import rows

FACTS = {row["network"]: row for row in rows("without")}
WHOLE = [pytest.param(row, id=name) for name, row in FACTS.items() if "inception" not in name]


@pytest.mark.parametrize("row", WHOLE)
def test_the_reference_numbers(row):
    graph = network(row["network"])
    result = convcost.without_reductions(graph)
    with_, without = (convcost.analyze(g).totals.cost.macs for g in (graph, result.graph))
    assert (int(row["sites"]), int(row["macs_with"]), int(row["macs_without"])) == (
        len(result.sites),
        with_,
        without,
    )


@pytest.mark.parametrize(
    ("also", "row"),
    [
        pytest.param((), "inception 3a, projection kept", id="kept"),
        pytest.param(
            ("pool_projection",), "inception 3a, --also pool_projection", id="the paper's naive module"
        ),
    ],
)
@pytest.mark.parametrize("whole", [pytest.param(False, id="alone"), pytest.param(True, id="in GoogLeNet")])
def test_the_inception_module(also, row, whole):
    row = FACTS[row]
    result = convcost.without_reductions("googlenet" if whole else "inception_3a", only="3a", also=also)
    macs = sum(
        layer.cost.macs for layer in convcost.analyze(result.graph).layers if layer.name.startswith("3a.")
    )
    assert (int(row["sites"]), int(row["macs_without"])) == (len(result.sites), macs)


def test_the_naive_modules_grow_through_the_concats():
    result = convcost.without_reductions("googlenet", also=["pool_projection"])
    shapes = result.graph.shapes
    assert 9 == len(result.projections)
    # 64 + 128 + 32 and all 192 that enter; then 128 + 192 + 96 and those 416
    assert (416, 28, 28) == shapes["3a.concat1"]
    assert (832, 28, 28) == shapes["3b.concat1"]
    assert result.graph == reshape(result.graph)


def test_resnets_bottleneck_at_one_position():
    net = Builder(256, 1, 1)
    narrow = net.conv(INPUT, out=64, kernel=1, bias=False)
    inner = net.conv(narrow, out=64, kernel=3, padding=1, bias=False)
    net.conv(net.conv(inner, out=256, kernel=1, bias=False), out=8, kernel=1, bias=False)
    graph = net.graph()
    macs = [
        convcost.analyze(g).totals.cost.macs - 256 * 8
        for g in (graph, convcost.without_reductions(graph).graph)
    ]
    # 256·64 + 9·64·64 + 64·256 against 9·256·256
    assert [69_632, 589_824] == macs


def test_densenet_keeps_the_norm_before_its_reduction():
    result = convcost.without_reductions("densenet@121", only="block1.3")
    names = [node.name for node in result.graph.layers if node.name.startswith("block1.3.")]
    assert ["block1.3.new.bn1", "block1.3.new.relu1", "block1.3.new.3x3", "block1.3.concat1"] == names
    assert "block1.3.new.reduce.act" in result.sites[0].layers


def test_in_a_sandwich_the_expands_norm_stays_and_no_activation():
    result = convcost.without_reductions("resnet@50", only="stage1.1")
    names = [node.name for node in result.graph.layers if node.name.startswith("stage1.1.")]
    assert ["stage1.1.conv2.conv", "stage1.1.conv3.norm", "stage1.1.add1", "stage1.1.relu1"] == names


def test_a_reductions_stride_moves_to_its_reader():
    ours, original = (convcost.without_reductions(n).graph for n in ("resnet@50", "resnet@50_v1"))
    assert [n.op for n in ours.layers] == [n.op for n in original.layers]


def test_squeezenets_1x1_reads_the_wide_tensor_too():
    result = convcost.without_reductions("squeezenet@1_0", only="fire3")
    nodes = {node.name: node for node in result.graph.layers}
    assert ("fire2.concat1",) == nodes["fire3.e1.1x1.conv"].inputs == nodes["fire3.e3.3x3.conv"].inputs


def test_in_a_factorised_chain_only_the_first_widens():
    before, after = network("inception_v3"), convcost.without_reductions("inception_v3", only="6b.b7").graph
    assert (768, 128) == (
        after.inputs_of(_node(after, "6b.b7.conv2.conv"))[0][0],
        before.shapes["6b.b7.conv2.conv"][0],
    )
    assert before.inputs_of(_node(before, "6b.b7.conv3.conv")) == after.inputs_of(
        _node(after, "6b.b7.conv3.conv")
    )


def _node(graph, name):
    return next(node for node in graph.layers if name == node.name)


def test_two_1x1_in_a_row_both_go():
    net = Builder(8, 6, 6)
    inner = net.conv(net.conv(INPUT, name="a", out=6, kernel=1), name="b", out=4, kernel=1)
    net.conv(net.conv(inner, name="c", out=5, kernel=3), name="d", out=3, kernel=1)
    result = convcost.without_reductions(net.graph())
    assert ["a", "b"] == [site.layer for site in result.sites]
    assert ["c", "d"] == [node.name for node in result.graph.layers]


def test_a_reduction_that_reads_another_goes_too():
    result = convcost.without_reductions(nested())
    assert [("outer", ("left", "right")), ("inner", ("right",))] == [
        (s.layer, s.readers) for s in result.sites
    ]
    assert ["left", "right", "concat4"] == [node.name for node in result.graph.layers]
    assert {(INPUT,)} == {_node(result.graph, name).inputs for name in ("left", "right")}
    assert 2 == len(convcost.analyze(nested()).reductions.sites)


SHARED = """convcost: 1
name: n
input: [8, 6, 6]
layers:
  - max_pool: {name: p, kernel: 3, stride: 1, padding: half}
  - conv: {name: a, out: 4, kernel: 1}
  - max_pool: {name: q, kernel: 3, stride: 1, padding: half, from: input}
  - conv: {name: b, out: 4, kernel: 1, share: a}
  - conv: {name: r, out: 2, kernel: 1, from: a%s}
  - conv: {out: 4, kernel: 3}
  - conv: {name: s, out: 2, kernel: 1, from: b, share: r}
  - conv: {out: 4, kernel: 3}
  - concat: {from: [conv1, conv2]}
"""


def test_what_shares_its_weights_stays():
    result = convcost.without_reductions(load_text((SHARED % "").encode()), also=["pool_projection"])
    assert [(one, f"its weights are shared with {other}") for one, other in ("ab", "ba", "rs", "sr")] == [
        *result.kept
    ]


def test_a_declared_reduction_that_shares_its_weights_is_an_error():
    with pytest.raises(SpecError, match=r"r is declared reduce.* its weights are shared with s"):
        Roles(load_text((SHARED % ", role: reduce").encode()))


def strided(padding, role=""):
    """A reduction of stride 2 before a 3×3: without it the 3×3 sees other positions."""
    text = f"""convcost: 1
name: n
input: [8, 6, 6]
layers:
  - conv: {{name: r, out: 4, kernel: 1, stride: 2{role}}}
  - conv: {{name: s, out: 6, kernel: 3, padding: {padding}}}
  - conv: {{out: 2, kernel: 1}}
"""
    return load_text(text.encode())


def test_a_shape_at_the_edge_that_would_change_refuses_the_site():
    result = convcost.without_reductions(strided(0))
    # 6 positions, every second of which are 3, fit one 3×3; 3×3 of stride 2 on 6 fits twice
    assert [("r", "s would become [6, 2, 2] instead of [6, 1, 1]")] == list(result.kept)
    assert 1 == len(convcost.without_reductions(strided(1)).sites)


def test_a_declared_reduction_that_cannot_go_is_an_error():
    with pytest.raises(SpecError, match=r"r is declared reduce.*s would become") as caught:
        convcost.without_reductions(strided(0, ", role: reduce"))
    assert "CC501" == caught.value.diagnostics[0].code


def test_what_may_no_longer_work_in_place_gets_its_own_tensor():
    net = Builder(4, 6, 6)
    kept = net.relu(net.conv(INPUT, name="c", out=4, kernel=1), name="kept")
    net.add(kept, net.conv(INPUT, name="d", out=4, kernel=1), name="sum", inplace=True)
    settled = resettle(net.graph())
    assert [("sum", "kept needs kept as it is for the backward pass")] == list(settled.lifted)
    assert not _node(settled.graph, "sum").op.inplace


def test_an_addition_that_still_may_work_in_place_does():
    result = convcost.without_reductions("resnet@50")
    assert () == result.lifted
    assert _node(result.graph, "stage1.1.add1").op.inplace


@pytest.mark.parametrize(
    ("spec", "arguments", "code", "said"),
    [
        pytest.param(
            "googlenet", {"only": "nope"}, "CC503", "'nope' matches no 1×1 convolution", id="no layer"
        ),
        pytest.param(
            "googlenet", {"only": "3a.b1"}, "CC503", "no reduction matches '3a.b1'", id="no reduction"
        ),
        pytest.param(
            "googlenet",
            {"also": ["gate"]},
            "CC502",
            "gate is not a role that can be removed as well",
            id="also",
        ),
    ],
)
def test_bad_requests(spec, arguments, code, said):
    with pytest.raises(UsageError) as caught:
        convcost.without_reductions(network(spec), **arguments)
    assert (code, said) == (caught.value.diagnostics[0].code, caught.value.diagnostics[0].message)


def test_names_a_hint_proposes_match():
    with pytest.raises(UsageError) as caught:
        convcost.without_reductions("googlenet", only="nope")
    hint = caught.value.diagnostics[0].hint
    names = hint.removeprefix("the reductions are ").removesuffix(" …").split(", ")
    assert names == [site.layer for site in convcost.without_reductions("googlenet", only=names).sites]


@pytest.mark.parametrize("name", FAMILIES)
def test_laws_on_shipped_networks(name):
    holds(network(name), ())


@example(nested(), ())
@given(networks(), st.sampled_from([(), ("pool_projection",)]))
def test_laws_on_drawn_networks(graph, also):
    holds(graph, also)


def holds(graph, also):
    """Removing is idempotent, leaves right shapes, and surviving layers theirs."""
    result = convcost.without_reductions(graph, also=also)
    assert bare(result.graph) == bare(convcost.without_reductions(result.graph, also=also).graph)
    assert [] == list(result.graph.check())
    assert {} == {n: s for n, s in Roles(result.graph).sites.items() if n not in dict(result.kept)}
    if also:
        return
    takers = {site.readers[0] for site in result.sites if site.expand}
    changed = [
        n.name for n in result.graph.layers if n.shape != graph.shapes[n.name] and n.name not in takers
    ]
    assert [] == changed
    assert [graph.shapes[n] for n in graph.outputs] == [result.graph.shapes[n] for n in result.graph.outputs]
