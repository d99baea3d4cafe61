"""Tensors a network owns: counted among the weights, seen by every sample, free of activation memory."""

from __future__ import annotations

import pytest

import convcost
from convcost.engine import settle
from convcost.errors import ConvcostError
from convcost.spec import load_text

HEAD = "convcost: 1\nname: tokens\ninput: [16, 4, 4]\nlayers:\n"
TOKENS = (
    HEAD
    + """\
  - reshape: {shape: [16, 16]}
  - permute: {order: [1, 0]}
  - concat: {name: all, token: [parameter: {shape: [1, 16]}], x: []}
  - elementwise: {name: placed, function: add, x: [], positions: [parameter: {shape: [17, 16]}]}
  - elementwise: {name: masked, function: mul, x: [], mask: [constant: {shape: [17, 1]}]}
  - linear: {out: 8, axis: -1}
"""
)


def test_they_are_weights_and_no_activations() -> None:
    report = convcost.analyze(load_text(TOKENS.encode()))
    own = {layer.name: layer for layer in report.layers if layer.op in ("parameter", "constant")}
    assert [16, 272, 0] == [layer.cost.params for layer in own.values()]
    assert [0, 0, 17] == [layer.cost.buffers for layer in own.values()]
    assert [0, 0, 0] == [layer.activation_bytes for layer in own.values()]
    assert [(), (), ()] == [layer.field for layer in own.values()]


@pytest.mark.parametrize("batch", [1, 2])
def test_torch_finds_the_same(batch) -> None:
    pytest.importorskip("torch")
    from convcost.torch_backend.verify import verify

    found = verify(settle(load_text(TOKENS.encode())), batch)
    assert [] == [check for check in found.totals if not check.exact]


def test_exported_they_keep_their_names() -> None:
    torch = pytest.importorskip("torch")
    from convcost.torch_backend import build
    from convcost.torch_backend.export import source
    from tests.torch_backend.test_export import executed

    graph = settle(load_text(TOKENS.encode()))
    network, exported = build(graph), executed(source(graph))
    for number, parameter in enumerate(network.parameters(), start=1):
        torch.nn.init.constant_(parameter, number)
    exported.load_state_dict(network.state_dict())
    x = torch.ones((2, 16, 4, 4))
    torch.testing.assert_close(exported(x), network(x))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param(
            "parameter: {from: input, shape: [3]}", "parameter reads nothing, so it takes no from:", id="from"
        ),
        pytest.param("parameter", "parameter needs shape: (channels, then sizes)", id="no shape"),
        pytest.param(
            "constant: {shape: [1, 1, 1, 1, 1, 1, 1]}", "a shape has 1 to 6 axes, not 7", id="too many axes"
        ),
    ],
)
def test_refused(line, message) -> None:
    with pytest.raises(ConvcostError) as caught:
        load_text(f"{HEAD}  - {line}\n".encode())
    assert message in [diagnostic.message for diagnostic in caught.value.diagnostics]
