"""Linear layers as convolutions: what they cost, and in torch that they are the same."""

from __future__ import annotations

import pytest

import convcost
from convcost import SpecError
from convcost.engine import analyze
from convcost.spec import load_text
from tests.reductions.shipped_graphs import FAMILIES, network

ALREADY = {"fcn8s", "fcn_resnet@50", "inception_3a", "unet"}


@pytest.mark.parametrize("name", [name for name in FAMILIES if name not in ALREADY])
def test_params_and_macs_stay_at_the_training_size(name):
    graph = network(name)
    after = convcost.convolutionalize(graph).trained
    old, new = analyze(graph).totals.cost, analyze(after).totals.cost
    assert (old.macs, old.params) == (new.macs, new.params)
    assert [graph.shapes[n] for n in graph.outputs] == [after.shapes[n][:1] for n in after.outputs]
    assert not [node.name for node in after.nodes if node.op.NAME == "flatten"]


@pytest.mark.parametrize("name", sorted(ALREADY))
def test_what_is_convolutional_already_is_said(name):
    with pytest.raises(SpecError, match="has no linear layer after a flatten"):
        convcost.convolutionalize(name)


def test_vgg_at_384():
    result = convcost.convolutionalize("vgg@16", (3, 384, 384))
    report = analyze(result.graph)
    assert (1000, 6, 6) == result.graph.shapes["fc8"]
    assert 49_551_114_240 == report.totals.cost.macs
    assert 112 == 10 * 36 * analyze(network("vgg@16")).totals.cost.macs // 49_551_114_240


def test_the_kernel_covers_the_map_and_the_rest_are_1x1_classifiers():
    nodes = {node.name: node for node in convcost.convolutionalize("alexnet").graph.nodes}
    assert [6, 1, 1] == [nodes[n].op.kernel for n in ("fc6.linear", "fc7.linear", "fc8")]
    assert [None, "classifier", "classifier"] == [
        nodes[n].origin.role for n in ("fc6.linear", "fc7.linear", "fc8")
    ]


def test_a_global_pool_becomes_one_of_the_training_size():
    result = convcost.convolutionalize("nin_imagenet", (3, 384, 384))
    pool = next(node for node in result.graph.nodes if node.name == "global_avg_pool1")
    assert ("avg_pool", 6, 1) == (pool.op.NAME, pool.op.kernel, pool.op.stride)
    assert (1000, 6, 6) == pool.shape  # 384 becomes 94, 47, 23, 11 positions: 11 − 6 + 1 windows


def spec(layers, size="[3, 8, 8]"):
    return load_text(f"convcost: 1\nname: n\ninput: {size}\nlayers:\n{layers}".encode())


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        pytest.param(8, None, id="the pool changes nothing"),
        pytest.param(4, ("avg_pool", 2, 2), id="whole windows"),
        pytest.param(1, ("avg_pool", 8, 1), id="all at once"),
    ],
)
def test_an_adaptive_pool_with_equal_windows(size, expected):
    graph = spec(
        f"  - adaptive_avg_pool: {{name: pool, size: {size}}}\n  - flatten\n  - linear: {{out: 5}}\n"
    )
    nodes = {node.name: node.op for node in convcost.convolutionalize(graph).graph.nodes}
    found = nodes.get("pool")
    assert expected == (found and (found.NAME, found.kernel, found.stride))


@pytest.mark.parametrize(
    ("layers", "reason"),
    [
        pytest.param(
            "  - adaptive_avg_pool: {name: pool, size: 3}\n  - flatten\n  - linear: {out: 5}\n",
            "pool cannot become convolutional: it pools [8, 8] to [3, 3], which no pool of one window and stride does",
            id="uneven windows",
        ),
        pytest.param(
            "  - flatten\n  - bn: {name: norm}\n  - linear: {out: 5}\n",
            "norm cannot become convolutional: it is between the flatten of [3, 8, 8] and a linear layer",
            id="a norm of single elements",
        ),
        pytest.param(
            "  - flatten\n  - linear: {out: 8}\n  - reshape: {name: rows, shape: [2, 4]}\n",
            "rows cannot become convolutional: reshape works on a vector and has no counterpart on a map",
            id="a reshape",
        ),
        pytest.param(
            "  - flatten\n  - linear: {name: a, out: 192}\n  - linear: {name: b, out: 192, share: a}\n",
            "b cannot become convolutional: its weights, shared with a, would be a kernel of another size",
            id="shared weights",
        ),
    ],
)
def test_refusals(layers, reason):
    with pytest.raises(SpecError) as caught:
        convcost.convolutionalize(spec(layers))
    assert [("CC506", reason)] == [(d.code, d.message) for d in caught.value.diagnostics]


def test_vectors_may_pass_norms_softmax_and_additions():
    graph = spec(
        "  - flatten\n  - linear: {name: a, out: 4, norm: bn, act: relu}\n"
        "  - residual: [linear: {out: 4}]\n  - softmax\n"
    )
    after = convcost.convolutionalize(graph, (3, 10, 9)).graph
    assert (4, 3, 2) == after.shapes[after.outputs[0]]
    assert 0 == after.nodes[-1].op.axis


def test_shared_weights_stay_shared():
    head = "  - flatten: {name: %s, from: %s}\n  - linear: {name: %s, out: 5%s}\n"
    graph = spec(
        "  - relu: {name: l}\n  - relu: {name: r, from: input}\n"
        + head % ("fl", "l", "a", "")
        + head % ("fr", "r", "b", ", share: a")
        + "  - add: {from: [a, b]}\n"
    )
    after = convcost.convolutionalize(graph).graph
    assert [] == list(after.check())
    assert analyze(graph).totals.cost.params == analyze(after).totals.cost.params


def test_what_reads_the_map_itself_stays_as_it_is():
    layers = "  - relu\n  - max_pool: {kernel: 2}\n  - flatten: {from: relu1}\n  - linear: {out: 5}\n"
    graph = spec(layers, "[3, 8, 8]\noutputs: [linear1, max_pool1]")
    after = convcost.convolutionalize(graph).graph
    assert graph.shapes["max_pool1"] == after.shapes["max_pool1"]
    assert ("relu1",) == next(node.inputs for node in after.nodes if node.name == "max_pool1")


def test_an_input_smaller_than_the_kernel_is_refused():
    with pytest.raises(SpecError, match="fc6"):
        convcost.convolutionalize("vgg@16", (3, 192, 192))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param(
            "vgg@16", "at the borders a map sees neighbours where a single window sees padding", id="padding"
        ),
        pytest.param("mobilenet_v3@large", "a gate sees the whole input", id="gates"),
        pytest.param("nin_imagenet", "the last window extends past the edge", id="ceil mode"),
    ],
)
def test_it_says_why_a_cell_is_not_its_window(name, reason):
    assert any(reason in said for said in convcost.convolutionalize(name).reasons)


def test_lenet_is_exact():
    assert () == convcost.convolutionalize("lenet").reasons


# --- in torch ----------------------------------------------------------------------------

PADDED = """  - conv: {name: conv1, out: 4, kernel: 3, padding: 1}
  - max_pool: {name: pool1, kernel: 2}
  - flatten
  - linear: {name: fc, out: 5}
"""


def carried(graph, larger):
    """Return torch, the original as a module and the convolutional one with its weights."""
    torch = pytest.importorskip("torch")
    from convcost.torch_backend.graph_module import GraphModule

    torch.set_num_threads(1)
    torch.manual_seed(0)
    result = convcost.convolutionalize(graph, larger)
    original, dense = GraphModule(graph).double().eval(), GraphModule(result.graph).double().eval()
    old = dict(original.named_parameters())
    with torch.no_grad():
        for name, weight in dense.named_parameters():
            weight.copy_(old[name].reshape(weight.shape))
    return (torch, original, dense), result


def windows(modules, graph, larger, stride):
    """Return the map, and the original run on every window."""
    torch, original, dense = modules
    images = torch.randn(2, *larger, dtype=torch.float64)
    height, width = graph.input[1:]
    with torch.no_grad():
        found = dense(images)
        expected = torch.stack(
            [
                torch.stack(
                    [
                        original(
                            images[:, :, y * stride : y * stride + height, x * stride : x * stride + width]
                        )
                        for x in range(found.shape[-1])
                    ],
                    -1,
                )
                for y in range(found.shape[-2])
            ],
            -2,
        )
    return found, expected


def test_lenet_at_its_own_size_and_window_by_window():
    graph = network("lenet")
    modules, _ = carried(graph, (1, 44, 36))
    torch = modules[0]
    found, expected = windows(modules, graph, (1, 44, 36), 4)
    assert (2, 10, 5, 3) == tuple(found.shape)
    # float64 sums in another order: a few units in the last place of values of about 1
    torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-12)
    own, its = windows(modules, graph, graph.input, 1)
    torch.testing.assert_close(own, its, rtol=1e-10, atol=1e-12)


def test_a_padded_network_differs_on_its_windows_as_the_output_says():
    graph = spec(PADDED)
    modules, result = carried(graph, (3, 12, 12))
    torch = modules[0]
    found, expected = windows(modules, graph, (3, 12, 12), 2)
    assert result.reasons
    assert (found - expected).abs().max() > 0.01
    own, its = windows(modules, graph, graph.input, 1)
    torch.testing.assert_close(own, its, rtol=1e-10, atol=1e-12)
