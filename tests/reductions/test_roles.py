"""Every 1×1 convolution's role, by hand for each shipped network."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

import convcost
from convcost import SpecError
from convcost.ir import INPUT
from convcost.reductions.roles import Roles, roles
from convcost.spec import load_text, shipped
from tests.engine.networks import Builder

# Counted in the papers' tables and figures. 9 inception modules of GoogLeNet: a plain 1×1, two
# reductions and a projection each, and the 64→64 before conv2. ResNet-50: 16 bottlenecks, a
# projecting shortcut per stage. DenseNet-121: 58 dense layers, of which the first four of block
# 1 and the like narrow nothing: 6 + 12 + 24 + 16 minus those with at most 128 channels (64, 96,
# 128 in block 1; 128 in block 2), which like the 3 transitions mix.
COUNTS = {
    "alexnet": {},
    "convnext": {},
    "dainet": {},
    "densenet@121": {"reduce": 54, "mix": 7},
    "efficientnet@b0": {"gate": 32, "pointwise": 15, "mix": 17},  # 16 projections behind a gate, the head
    "fcn8s": {"mix": 4},  # fc7 and the three scores, all upsampled by a transposed convolution
    "fcn_resnet@50": {"reduce": 16, "expand": 16, "shortcut": 4, "classifier": 1},
    "googlenet": {"reduce": 18, "pool_projection": 9, "mix": 10},
    "inception_3a": {"reduce": 2, "pool_projection": 1, "mix": 1},
    "inception_v3": {"reduce": 21, "pool_projection": 9, "mix": 10},
    "lenet": {},
    "mobilenet_v1": {"pointwise": 13},
    "mobilenet_v2": {"pointwise": 33, "mix": 1},  # 16 expansions, 17 projections; the head
    "mobilenet_v3@large": {"gate": 16, "pointwise": 21, "mix": 9},
    "nin_cifar10": {"mix": 5, "classifier": 1},
    "nin_imagenet": {"mix": 7, "classifier": 1},
    "preact_resnet@164": {"reduce": 54, "expand": 54, "shortcut": 3},
    "resnet@18": {"shortcut": 3},
    "resnet@50": {"reduce": 16, "expand": 16, "shortcut": 4},
    "resnet_cifar": {},
    "resnext@50_32x4d": {"mix": 32, "shortcut": 4},  # grouped 3×3: nothing to widen
    "resnext@wide_50_2": {"reduce": 15, "expand": 15, "mix": 2, "shortcut": 4},  # the first widens 64 to 128
    "shufflenet_v2@x1_0": {"pointwise": 35, "mix": 1},
    "squeezenet@1_0": {"reduce": 8, "mix": 8, "classifier": 1},
    "unet": {"classifier": 1},
    "vgg@16": {},
    "video_resnet@r3d_18": {"shortcut": 3},
    "wide_resnet@28_10": {"shortcut": 3},
}

HEAD = "convcost: 1\nname: n\ninput: [8, 6, 6]\nlayers:\n"

NAMED = [
    pytest.param("googlenet", "conv2_reduce.conv", "mix", id="GoogLeNet's 64 to 64"),
    pytest.param("googlenet", "3a.b1.1x1.conv", "mix", id="GoogLeNet's plain 1×1"),
    pytest.param("googlenet", "3a.b5.reduce.conv", "reduce", id="GoogLeNet's reduction"),
    pytest.param("googlenet", "5b.pool.proj.conv", "pool_projection", id="GoogLeNet's projection"),
    pytest.param("resnet@50", "stage1.0.conv1.conv", "reduce", id="64 to 64 in a sandwich"),
    pytest.param("resnet@50", "stage1.0.conv3.conv", "expand", id="a bottleneck's end"),
    pytest.param("resnet@50", "stage2.0.shortcut.conv1.conv", "shortcut", id="a projecting shortcut"),
    pytest.param("squeezenet@1_0", "fire2.squeeze.conv", "reduce", id="squeeze"),
    pytest.param("squeezenet@1_0", "fire2.e1.1x1.conv", "mix", id="SqueezeNet's 1×1 expand"),
    pytest.param("squeezenet@1_0", "conv10.conv", "classifier", id="SqueezeNet's end"),
    pytest.param("densenet@121", "transition1.conv1", "mix", id="DenseNet's transition"),
    pytest.param("densenet@121", "block1.0.new.reduce.conv", "mix", id="64 to 128 narrows nothing"),
    pytest.param("mobilenet_v3@large", "body.bneck4.se.gate.squeeze.conv", "gate", id="squeeze of a gate"),
    pytest.param("mobilenet_v2", "stage2.0.project.conv", "pointwise", id="behind a depthwise"),
    pytest.param("mobilenet_v2", "head.conv", "mix", id="MobileNet's head"),
    pytest.param("nin_cifar10", "mlpconv1.cccp2.conv", "mix", id="Network in Network"),
    pytest.param("nin_cifar10", "mlpconv3.cccp2.conv", "classifier", id="its last"),
    pytest.param("fcn_resnet@50", "score", "classifier", id="before an upsampling only"),
    pytest.param("inception_v3", "6b.b7.conv1.conv", "reduce", id="before a factorised 7×7"),
]


@pytest.mark.parametrize("network", COUNTS)
def test_counts(network):
    assert COUNTS[network] == dict(Counter(convcost.roles(network).values()))


def test_every_shipped_spec_is_counted():
    assert set(shipped.names()) == {network.partition("@")[0] for network in COUNTS}


@pytest.mark.parametrize(("network", "layer", "role"), NAMED)
def test_named_layers(network, layer, role):
    assert role == convcost.roles(network)[layer]


def test_resnext_says_why_nothing_goes():
    near = Roles(convcost.load("resnext@50_32x4d")).near
    assert "its reader stage1.1.conv2.conv has 32 groups" == near["stage1.1.conv1.conv"]


def chain(**reader):
    """A 1×1 from 8 to 4 channels before another convolution, and a 1×1 to end on."""
    net = Builder(8, 6, 6)
    one = net.conv(INPUT, name="one", out=4, kernel=1)
    net.conv(net.conv(one, name="reader", **reader), name="end", out=2, kernel=1)
    return net


@pytest.mark.parametrize(
    ("reader", "role"),
    [
        pytest.param({"out": 6, "kernel": 3}, "reduce", id="spatial"),
        pytest.param({"out": 6, "kernel": (1, 3)}, "reduce", id="spatial in one dim"),
        pytest.param({"out": 6, "kernel": 1}, "mix", id="another 1×1"),
        pytest.param({"out": 6, "kernel": 3, "groups": 2}, "mix", id="grouped"),
        pytest.param({"out": 4, "kernel": 3, "groups": 4}, "pointwise", id="depthwise"),
    ],
)
def test_a_narrowing_1x1_by_its_reader(reader, role):
    assert role == roles(chain(**reader).graph())["one"]


def test_what_else_reads_a_reduction_keeps_it():
    net = Builder(8, 6, 6)
    one = net.relu(net.conv(INPUT, name="one", out=4, kernel=1), act=True)
    net.conv(net.conv(one, out=6, kernel=3), name="end", out=2, kernel=1)
    net.max_pool(one, name="pool", kernel=2)
    found = Roles(net.graph())
    assert {} == found.sites
    assert {"one": "its output is also read by pool (max_pool)"} == found.near


def test_an_output_is_no_reduction():
    net = chain(out=6, kernel=3)
    assert "its output is an output of the network" == Roles(net.graph("one", "end")).near["one"]


def test_a_lone_modules_1x1_classifies_nothing():
    net = Builder(8, 6, 6)
    parts = [net.conv(INPUT, name=name, out=4, kernel=1) for name in ("a", "b")]
    net.concat(*parts)
    assert {"a": "mix", "b": "mix"} == roles(net.graph())


def bottleneck(net, tensor, prefix=""):
    """256→64→64→256 without biases, as in the 14×14 stages."""
    narrow = net.conv(tensor, name=f"{prefix}r", out=64, kernel=1, bias=False)
    inner = net.conv(narrow, name=f"{prefix}s", out=64, kernel=3, padding=1, bias=False)
    return net.conv(inner, name=f"{prefix}e", out=256, kernel=1, bias=False)


def gated(net, tensor):
    """Squeeze and excite."""
    gate = net.conv(net.global_avg_pool(tensor), name="squeeze", out=256, kernel=1)
    return net.mul(tensor, net.sigmoid(gate))


ENDS = [
    pytest.param(lambda _, x: x, id="the network's end"),
    pytest.param(lambda net, x: net.add(x, INPUT), id="a sum"),
    pytest.param(lambda net, x: net.relu(net.bn(x), act=True), id="norm and activation"),
    pytest.param(lambda net, x: net.global_avg_pool(x), id="a global pool"),
    pytest.param(lambda net, x: net.max_pool(x, kernel=2), id="a max pool"),
    pytest.param(lambda net, x: net.upsample(x, factor=2), id="an upsampling"),
    pytest.param(gated, id="squeeze and excite"),
    pytest.param(lambda net, x: net.linear(net.flatten(net.global_avg_pool(x)), out=10), id="a head"),
]


@pytest.mark.parametrize("end", ENDS)
def test_the_widening_1x1_of_a_sandwich_is_an_expand_whatever_comes_after_it(end):
    net = Builder(256, 14, 14)
    end(net, bottleneck(net, INPUT))
    found = Roles(net.graph())
    assert ("reduce", "expand") == (found.by_name["r"], found.by_name["e"])
    assert "e" == found.sites["r"].expand.name


def test_a_lone_bottleneck_of_a_residual():
    net = Builder(256, 14, 14)
    net.add(bottleneck(net, INPUT), INPUT)
    (site,) = convcost.analyze(net.graph()).reductions.sites
    # 196 positions: 256·64 + 9·64·64 + 64·256 = 69,632 against 9·256·256 = 589,824
    assert (13_647_872, 115_605_504) == (site.present.macs, site.without.macs)


def test_two_identical_blocks_in_a_row_get_identical_figures():
    net = Builder(256, 14, 14)
    first = net.relu(net.add(bottleneck(net, INPUT, "1"), INPUT))
    net.relu(net.add(bottleneck(net, first, "2"), first))
    one, two = convcost.analyze(net.graph()).reductions.sites
    assert (one.present.macs, one.without.macs) == (two.present.macs, two.without.macs)
    assert one.verdicts == two.verdicts


def test_a_backbone_has_the_sites_of_its_network():
    whole = convcost.load("resnet@50")
    end = next(i for i, node in enumerate(whole.nodes) if node.op.NAME == "global_avg_pool")
    backbone = replace(whole, nodes=whole.nodes[:end], outputs=(whole.nodes[end - 1].name,))
    sites, cut = (convcost.analyze(graph).reductions.sites for graph in (whole, backbone))
    assert [(s.layer, s.expand, s.present.macs, s.without.macs) for s in sites] == [
        (s.layer, s.expand, s.present.macs, s.without.macs) for s in cut
    ]


def test_inception_resnets_projection_into_the_sum_mixes():
    net = Builder(32, 6, 6)
    parts = [net.conv(INPUT, name=name, out=8, kernel=1) for name in ("a", "b")]
    net.relu(net.add(net.conv(net.concat(*parts), name="up", out=32, kernel=1), INPUT))
    assert "mix" == roles(net.graph())["up"]


JOINED = [
    pytest.param(lambda net, x: net.add(x, INPUT), id="summed"),
    pytest.param(lambda net, x: net.mul(x, INPUT), id="multiplied"),
    pytest.param(lambda net, x: net.concat(net.upsample(x, factor=1), INPUT), id="concatenated later"),
    pytest.param(
        lambda net, x: net.linear(net.flatten(net.global_avg_pool(x)), out=2), id="before a linear layer"
    ),
]


@pytest.mark.parametrize("end", JOINED)
def test_what_is_joined_or_worked_on_decides_nothing(end):
    net = Builder(8, 6, 6)
    end(net, net.conv(INPUT, name="one", out=8, kernel=1))
    assert "mix" == roles(net.graph())["one"]


@pytest.mark.parametrize(
    ("tail", "role", "guesses"),
    [
        pytest.param(
            "  - conv: {name: end, out: 9, kernel: 1}\n", "expand", {"end": "classifier"}, id="expand"
        ),
        pytest.param(
            "  - conv: {name: end, out: 9, kernel: 1, role: classifier}\n", "classifier", {}, id="declared"
        ),
        pytest.param(
            "  - conv: {name: end, out: 4, kernel: 1}\n  - global_avg_pool\n",
            "classifier",
            {},
            id="a classifier",
        ),
        pytest.param(
            "  - conv: {name: end, out: 4, kernel: 1, norm: bn}\n",
            "classifier",
            {"end.conv": "mix"},
            id="a backbone's last",
        ),
        pytest.param(
            "  - conv: {name: end, out: 4, kernel: 1, norm: bn, role: mix}\n",
            "mix",
            {},
            id="a backbone's, declared",
        ),
    ],
)
def test_a_role_that_is_a_guess_can_be_declared(tail, role, guesses):
    layers = "  - conv: {out: 4, kernel: 1}\n  - conv: {out: 4, kernel: 3}\n"
    found = Roles(load_text((HEAD + layers + tail).encode()))
    assert role == list(found.by_name.values())[-1]
    assert guesses == found.guesses


def pyramid(*, smooth):
    """Three maps, lateral 1×1s, sums from the top down, and 3×3s that read them."""
    net = Builder(8, 16, 16)
    maps = [INPUT]
    for out in (16, 32):
        maps.append(net.conv(maps[-1], out=out, kernel=3, stride=2, padding=1))
    tensor = net.conv(maps[2], name="lateral2", out=4, kernel=1)
    if smooth:
        net.conv(tensor, name="smooth2", out=4, kernel=3)
    for level in (1, 0):
        lateral = net.conv(maps[level], name=f"lateral{level}", out=4, kernel=1)
        tensor = net.add(lateral, net.upsample(tensor, name=f"up{level}", factor=2), name=f"sum{level}")
        net.conv(tensor, name=f"smooth{level}", out=4, kernel=3)
    return net.graph()


@pytest.mark.parametrize(
    ("smooth", "top"),
    [
        pytest.param(False, "smooth1 reads it only after a sum with others (sum1)", id="summed only"),
        pytest.param(True, "its output is also read by up1 (upsample)", id="read and summed"),
    ],
)
def test_a_pyramids_laterals_say_why_they_stay(smooth, top):
    expected = {
        "lateral2": top,
        "lateral1": "smooth1 reads it only after a sum with others (sum1)",
        "lateral0": "smooth0 reads it only after a sum with others (sum0)",
    }
    assert expected == Roles(pyramid(smooth=smooth)).near


@pytest.mark.parametrize(
    ("layers", "reason"),
    [
        pytest.param(
            "  - conv: {name: one, out: 4, kernel: 1, role: reduce}\n  - max_pool: {kernel: 2}\n",
            "one is declared reduce, but it cannot be removed: its output is also read by max_pool1 (max_pool)",
            id="a pool behind it",
        ),
        pytest.param(
            "  - conv: {name: one, out: 4, kernel: 1, groups: 4, role: reduce}\n  - conv: {out: 4, kernel: 3}\n",
            "one is declared reduce, but it cannot be removed: it has 4 groups",
            id="grouped",
        ),
        pytest.param(
            "  - conv: {name: one, out: 9, kernel: 1, role: reduce}\n  - conv: {out: 4, kernel: 3}\n",
            "one is declared reduce, but it widens: 8 to 9 channels",
            id="a reduce that widens",
        ),
        pytest.param(
            "  - conv: {name: one, out: 4, kernel: 1, role: expand}\n",
            "one is declared expand, but it does not widen: 8 to 4 channels",
            id="an expand that narrows",
        ),
        pytest.param(
            "  - conv: {name: one, out: 4, kernel: 1, role: pool_projection}\n",
            "one is declared pool_projection, but it is not the sole reader of a pool of stride 1",
            id="a projection without a pool",
        ),
    ],
)
def test_declarations_that_contradict_the_layer(layers, reason):
    graph = load_text((HEAD + layers).encode())
    with pytest.raises(SpecError) as caught:
        roles(graph)
    assert [("CC501", reason)] == [(d.code, d.message) for d in caught.value.diagnostics]
    assert caught.value.diagnostics[0].loc is not None


def test_a_declared_role_wins():
    graph = load_text(
        (
            HEAD + "  - conv: {name: one, out: 4, kernel: 1, role: mix}\n  - conv: {out: 4, kernel: 3}\n"
        ).encode()
    )
    assert "mix" == roles(graph)["one"]


def test_a_declared_reduce_takes_only_a_declared_expand_along():
    layers = "  - conv: {{name: r, out: 2, kernel: 1, role: reduce}}\n  - conv: {{out: 2, kernel: 3}}\n  - conv: {{name: e, out: 8, kernel: 1{}}}\n  - conv: {{out: 2, kernel: 1}}\n"
    plain, both = (Roles(load_text((HEAD + layers.format(role)).encode())) for role in ("", ", role: expand"))
    assert plain.sites["r"].expand is None
    assert "e" == both.sites["r"].expand.name
