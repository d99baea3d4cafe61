"""Which layers may overwrite their input: rule by rule, and by what torch then computes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings

from convcost.engine import settle
from convcost.engine.op_facts import Platform, Rules
from convcost.engine.storages import rules_of, walk
from convcost.errors import Loc, Source, SpecError
from convcost.ir import INPUT
from tests.engine.networks import Builder, networks


def chosen(graph):
    """Return which of the layers that can work in place do."""
    return {n.name: n.op.inplace for n in settle(graph).nodes if hasattr(n.op, "inplace")}


def test_an_activation_after_a_norm_works_in_place():
    net = Builder(3, 8, 8)
    net.relu(net.bn(net.conv(INPUT, out=4, kernel=1)), act=True, name="act")
    assert chosen(net.graph()) == {"act": True}


def network_input():
    net = Builder(3, 8, 8)
    net.relu(INPUT, act=True, name="act")
    return net, "overwrite the network's input"


def view_of_the_input():
    net = Builder(3, 8, 8)
    net.relu(net.flatten(INPUT), act=True, name="act")
    return net, "overwrite the network's input"


def later_reader():
    net = Builder(3, 8, 8)
    x = net.bn(net.conv(INPUT, out=4, kernel=1), name="x")
    net.add(net.relu(x, act=True, name="act"), x, name="sum")
    return net, "x is read later by sum"


def later_reader_of_an_overlapping_slice():
    net = Builder(3, 8, 8)
    x = net.bn(net.conv(INPUT, out=4, kernel=1), name="x")
    net.relu(net.slice(x, stop=2, name="left"), act=True, name="act")
    net.slice(x, start=1, name="right")
    return net, "x, which shares the storage of left, is read later by right"


def later_reader_through_dropout():
    net = Builder(3, 8, 8)
    x = net.bn(net.conv(INPUT, out=4, kernel=1), name="x")
    net.add(net.relu(net.dropout(x, name="drop"), act=True, name="act"), x, name="sum")
    return net, "x, which shares the storage of drop, is read later by sum"


def output_of_the_network():
    net = Builder(3, 8, 8)
    x = net.bn(net.conv(INPUT, out=4, kernel=1), name="x")
    net.relu(x, act=True, name="act")
    return net, "x is an output of the network"


def saved_by_its_producer():
    net = Builder(3, 8, 8)
    net.hardtanh(net.sigmoid(net.conv(INPUT, out=4, kernel=1), name="gate"), act=True, name="act")
    return net, "gate needs gate as it is for the backward pass"


def saved_by_another_reader():
    net = Builder(3, 8, 8)
    x = net.bn(net.conv(INPUT, out=4, kernel=1), name="x")
    net.conv(x, out=4, kernel=1, name="branch")
    net.relu(x, act=True, name="act")
    return net, "branch needs x as it is for the backward pass"


def saved_through_an_alias():
    net = Builder(3, 8, 8)
    x = net.relu(net.conv(INPUT, out=4, kernel=1), name="x")
    net.dropout(net.flatten(x, name="flat"), act=True, name="act")
    return net, "x needs flat as it is for the backward pass"


ILLEGAL = [
    network_input,
    view_of_the_input,
    later_reader,
    later_reader_of_an_overlapping_slice,
    later_reader_through_dropout,
    output_of_the_network,
    saved_by_its_producer,
    saved_by_another_reader,
    saved_through_an_alias,
]


def graph_of(made):
    """Return the case's graph; the network's outputs are what nobody reads, and x if act is all."""
    net, reason = made()
    extra = ("x", "act") if made is output_of_the_network else ()
    return net.graph(*extra), reason


def with_op(graph, name, **fields):
    """Return the graph with one layer's fields and origin changed."""
    nodes = [
        replace(
            n,
            op=replace(n.op, **fields),
            origin=n.origin._replace(act=False),
            loc=Loc(Source("net.yaml", ""), 7, 5),
        )
        if n.name == name
        else n
        for n in graph.nodes
    ]
    return replace(graph, nodes=tuple(nodes))


@pytest.mark.parametrize("made", [pytest.param(made, id=made.__name__) for made in ILLEGAL])
def test_an_act_field_gives_way_where_in_place_is_illegal(made):
    graph, _ = graph_of(made)
    assert chosen(graph)["act"] is False


@pytest.mark.parametrize("made", [pytest.param(made, id=made.__name__) for made in ILLEGAL])
def test_a_layer_that_asks_for_it_is_refused_with_the_reason(made):
    graph, reason = graph_of(made)
    with pytest.raises(SpecError) as caught:
        settle(with_op(graph, "act", inplace=True))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "CC401"
    assert diagnostic.message.startswith("act cannot work in place: ")
    assert reason in diagnostic.message
    assert (diagnostic.loc.line, diagnostic.loc.column) == (7, 5)


def test_a_second_operand_in_the_same_storage_is_refused():
    net = Builder(4, 8, 8)
    x = net.bn(net.conv(INPUT, out=4, kernel=1), name="x")
    net.add(x, net.permute(x, order=(0, 2, 1)), inplace=True, name="sum")
    with pytest.raises(SpecError, match="another of its inputs shares the storage of x"):
        settle(net.graph())


def test_a_gate_first_cannot_be_overwritten_by_the_larger_product():
    net = Builder(4, 8, 8)
    x = net.conv(INPUT, out=4, kernel=1)
    gate = net.conv(net.global_avg_pool(x), out=4, kernel=1, name="gate")
    product = net.mul(gate, x, name="product")
    # the op's own check refuses it in a spec; settle must, too, for graphs made otherwise
    with pytest.raises(SpecError, match=r"its output is \[4, 8, 8\], but gate is \[4, 1, 1\]"):
        settle(with_op(net.graph(), product, inplace=True))


def test_an_op_that_cannot_work_in_place_does_not():
    net = Builder(3, 8, 8)
    net.elu(net.conv(INPUT, out=4, kernel=1), alpha=-1, act=True, name="act")
    assert chosen(net.graph()) == {"act": False}
    with pytest.raises(SpecError, match="the output would not tell which elements were negative"):
        settle(with_op(net.graph(), "act", inplace=True))


def test_all_refusals_are_reported_at_once():
    net = Builder(3, 8, 8)
    net.relu6(net.relu(INPUT, inplace=True, name="a"), inplace=True, name="b")
    net.silu(INPUT, inplace=True, name="c")
    with pytest.raises(SpecError) as caught:
        settle(net.graph())
    assert ["a cannot work", "c cannot work"] == [d.message[:13] for d in caught.value.diagnostics]


def test_a_chain_of_activations_shares_one_storage_while_nothing_is_saved():
    net = Builder(3, 8, 8)
    x = net.bn(net.conv(INPUT, out=4, kernel=1))
    # relu6 in place keeps a clone, so what follows may overwrite its output; relu keeps its own
    x = net.relu(net.relu6(x, act=True, name="first"), act=True, name="second")
    net.dropout(x, act=True, name="third")
    assert chosen(net.graph()) == {"first": True, "second": True, "third": False}


def test_a_graph_that_needs_no_change_is_returned_as_it_is():
    graph = settle(Builder.graph(_plain()))
    assert settle(graph) is graph


def _plain():
    net = Builder(3, 8, 8)
    net.relu(net.conv(INPUT, out=4, kernel=1), act=True)
    return net


def literal(graph, batch=1):
    """Return which layers may work in place, by the rules read word for word; quadratic."""
    target = Platform("float32", "cpu")
    result = {}
    for index, node in enumerate(graph.nodes):
        if not getattr(node.op, "inplace", False):
            continue
        before = replace(graph, nodes=graph.nodes[:index], outputs=())
        rules = rules_of(before, Rules(target))
        at_rest, training = (walk(before, rules, training=mode, batch=batch) for mode in (False, True))
        here = at_rest.tensors[node.inputs[0]].storage
        inside = {name for name, tensor in at_rest.tensors.items() if tensor.storage == here}
        kept = {storage for step in training.steps for storage in step.saved}
        result[node.name] = (
            INPUT not in inside
            and not any(inside & set(later.inputs) for later in graph.nodes[index + 1 :])
            and not inside & {*graph.outputs, *node.inputs[1:]}
            and training.tensors[node.inputs[0]].storage not in kept
            and graph.shapes[node.inputs[0]] == node.shape
            and not list(node.op.check(*graph.inputs_of(node)))
        )
    return result


@settings(max_examples=100)
@given(networks())
def test_what_settle_decides_is_what_the_rules_say(graph):
    settled = settle(graph)
    assert all(literal(settled).values())
    assert all(literal(settled, batch=2).values())
    for node in settled.nodes:  # and each layer it left alone would break a rule
        if node.origin.act and not node.op.inplace:
            assert not literal(with_op(settled, node.name, inplace=True))[node.name]


def out_of_place(graph):
    """Return the graph with nothing in place."""
    nodes = [
        replace(n, op=replace(n.op, inplace=False)) if hasattr(n.op, "inplace") else n for n in graph.nodes
    ]
    return replace(graph, nodes=tuple(nodes))


def run(graph, state):
    """Return inference outputs, training outputs and gradients; the input stays untouched."""
    import torch

    from convcost.torch_backend import build

    network = build(graph).double()
    if state is not None:
        network.load_state_dict(state)
    x = torch.randn((2, *graph.input), dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    before = x.clone()
    first = {key: value.clone() for key, value in network.state_dict().items()}
    with torch.no_grad():
        at_rest = network.eval()(x)
    torch.manual_seed(2)  # for the masks of dropouts
    trained = network.train()(x)
    results = [at_rest, trained] if torch.is_tensor(trained) else [*at_rest, *trained]
    total = sum(t.sum() for t in results if t.requires_grad)
    if torch.is_tensor(total):
        total.backward()
    assert torch.equal(x, before)
    return first, [t.detach() for t in results] + [p.grad for p in network.parameters()]


@settings(max_examples=80)
@given(networks())
def test_in_place_changes_neither_outputs_nor_gradients(graph):
    torch = pytest.importorskip("torch")
    settled = settle(graph)
    assume(settled != out_of_place(settled))
    try:
        state, expected = run(out_of_place(settled), None)
    except ValueError:  # a batch norm over one value per channel does not train
        assume(False)
    _, actual = run(settled, state)
    for one, other in zip(expected, actual, strict=True):
        assert (one is None) == (other is None)
        if one is not None:
            # autograd adds the gradients of several readers in an order of its own: float64's last bits
            torch.testing.assert_close(other, one, rtol=1e-9, atol=1e-9, equal_nan=True)


@pytest.mark.parametrize(
    "made",
    [
        # those of which torch complains, or whose results differ, at these values
        pytest.param(made, id=made.__name__)
        for made in (later_reader, saved_by_its_producer, later_reader_of_an_overlapping_slice)
    ],
)
def test_the_comparison_can_fail(made):
    torch = pytest.importorskip("torch")
    graph, _ = graph_of(made)
    torch.manual_seed(0)
    state, expected = run(out_of_place(graph), None)
    forced = with_op(graph, "act", inplace=True)
    try:
        _, actual = run(forced, state)
    except RuntimeError as error:
        assert "modified by an inplace operation" in str(error)  # noqa: PT017  (one of two ways to fail)
    else:
        assert not all(torch.equal(a, b) for a, b in zip(expected, actual, strict=True) if a is not None)
