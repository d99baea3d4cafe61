"""A graph as a torch module: names, state, execution, freeing."""

from __future__ import annotations

import copy
import weakref

import pytest

from convcost.engine import analyze, settle
from convcost.ir import INPUT
from tests.engine.networks import Builder

torch = pytest.importorskip("torch")
torch.set_num_threads(1)

from convcost.torch_backend import build  # noqa: E402  (torch is there)
from convcost.torch_backend.graph_module import module_paths  # noqa: E402


def small(name="stem"):
    """Return a residual of two convolutions, and a classifier."""
    net = Builder(3, 8, 8)
    x = net.conv(INPUT, out=4, kernel=3, padding=1, bias=False, name=f"{name}.conv")
    x = net.relu(net.bn(x, name=f"{name}.norm"), act=True, name=f"{name}.act")
    y = net.conv(x, out=4, kernel=1, name="body")
    x = net.flatten(net.global_avg_pool(net.add(x, y, name="sum")), name="flat")
    net.linear(x, out=10, name="fc")
    return settle(net.graph())


def test_the_state_dict_reads_like_the_spec():
    assert list(build(small()).state_dict()) == [
        "stem.conv.weight",
        "stem.norm.weight",
        "stem.norm.bias",
        "stem.norm.running_mean",
        "stem.norm.running_var",
        "stem.norm.num_batches_tracked",
        "body.weight",
        "body.bias",
        "fc.weight",
        "fc.bias",
    ]


@pytest.mark.parametrize(
    ("names", "paths"),
    [
        pytest.param(["a.b", "a.c"], ["a.b", "a.c"], id="as they are"),
        pytest.param(["half", "a.forward"], ["half_", "a.forward_"], id="methods"),
        pytest.param(["type.conv", "type.norm"], ["type_.conv", "type_.norm"], id="a level"),
        pytest.param(["half", "half_"], ["half__", "half_"], id="taken already"),
        pytest.param(["calls", "results"], ["calls_", "results_"], id="the executor's own"),
    ],
)
def test_reserved_names_get_an_underscore(names, paths):
    assert list(module_paths(names).values()) == paths


def test_a_network_of_reserved_names_runs():
    network = build(small("forward"))
    assert "forward_.conv.weight" in network.state_dict()
    assert network(torch.zeros(2, 3, 8, 8)).shape == (2, 10)


def test_it_computes_what_the_same_layers_written_by_hand_do():
    network = build(small()).eval()
    x = torch.randn(2, 3, 8, 8)
    m = network.get_submodule
    y = m("stem.norm")(m("stem.conv")(x)).relu()
    expected = m("fc")((y + m("body")(y)).mean((2, 3)))
    # the mean over both dims at once may add in another order: the last bits of float32
    torch.testing.assert_close(network(x), expected, rtol=1e-5, atol=1e-6)


def test_a_state_dict_goes_round():
    one, other = build(small()), build(small())
    other.load_state_dict(one.state_dict())
    x = torch.randn(2, 3, 8, 8)
    assert torch.equal(one.eval()(x), other.eval()(x))


def test_a_copy_is_independent():
    network = build(small()).eval()
    x = torch.randn(1, 3, 8, 8)
    before = network(x)
    twin = copy.deepcopy(network)
    with torch.no_grad():
        twin.get_submodule("fc").weight.zero_()
    assert torch.equal(network(x), before)
    assert not torch.equal(twin(x), before)


def test_several_outputs_are_a_tuple():
    net = Builder(3, 8, 8)
    x = net.conv(INPUT, out=4, kernel=1, name="x")
    net.conv(x, out=2, kernel=1, name="y")
    shapes = [tuple(t.shape) for t in build(net.graph("y", "x"))(torch.zeros(1, 3, 8, 8))]
    assert shapes == [(1, 2, 8, 8), (1, 4, 8, 8)]


def test_on_meta_it_takes_no_memory():
    with torch.device("meta"):
        network = build(small())
        assert network(torch.empty(2, 3, 8, 8)).device.type == "meta"
    assert all(p.is_meta for p in network.parameters())


@pytest.mark.parametrize("dtype", ["bfloat16", "float64"])
def test_other_dtypes(dtype):
    kind = getattr(torch, dtype)
    assert build(small()).to(kind).eval()(torch.zeros(1, 3, 8, 8, dtype=kind)).dtype == kind


def test_it_trains():
    torch.manual_seed(0)
    network = build(small())
    x, target = torch.randn(8, 3, 8, 8), torch.arange(8)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(x), target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]


def test_a_tensor_is_freed_when_its_last_reader_has_returned():
    net = Builder(1, 8, 8)
    for index in range(3):
        net.conv(INPUT if not index else f"c{index - 1}", out=1, kernel=1, name=f"c{index}")
    network = build(net.graph()).eval()
    made, alive = [], []

    def hook(_module, _inputs, output):
        alive.append([reference() is not None for reference in made])
        made.append(weakref.ref(output))

    for call in network.calls:
        call.module.register_forward_hook(hook)
    with torch.no_grad():
        network(torch.zeros(1, 1, 8, 8))
    # while c2 runs, c0 is gone and c1, which it reads, is not
    assert alive == [[], [True], [False, True]]


def test_it_compiles_into_one_graph():
    network = build(small()).eval()
    x = torch.randn(2, 3, 8, 8)
    compiled = torch.compile(network, backend="eager", fullgraph=True)
    assert torch.equal(compiled(x), network(x))


def test_every_layer_has_the_shape_the_engine_says():
    network = build(small()).eval()
    shapes = {}
    for call in network.calls:
        call.module.register_forward_hook(
            lambda *args, name=call.name: shapes.update({name: args[2].shape[1:]})
        )
    network(torch.zeros(2, 3, 8, 8))
    assert shapes == {layer.name: layer.output for layer in analyze(small()).layers}
