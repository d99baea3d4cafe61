"""Several inputs: named, read by ``from:``, overridden one by one."""

from __future__ import annotations

import pytest

from convcost.errors import ConvcostError
from convcost.spec import load_text
from convcost.spec.write import write

TEXT = """convcost: 1
name: stereo
inputs: {left: [3, 8, 8], right: [1, 8, 8]}
variants: {small: {inputs: {right: [1, 4, 4]}}}
layers:
  - conv: {name: a, out: 4, kernel: 1}
  - conv: {name: b, from: right, out: 4, kernel: 1}
  - concat: {name: both, from: [a, b]}
"""
LEFT_ONLY = "convcost: 1\nname: n\ninputs: {left: [3, 8], right: [1, 8]}\nlayers: [relu]\n"


def load(text: str = TEXT, variant: str | None = None, size: str | None = None):
    return load_text(text.encode(), "net.yaml", variant, {}, size)


def refused(
    text: str = TEXT, variant: str | None = None, size: str | None = None
) -> list[tuple[str, str | None]]:
    with pytest.raises(ConvcostError) as caught:
        load(text, variant, size)
    return [(d.message, d.hint) for d in caught.value.diagnostics]


def test_the_first_line_follows_the_first_input_and_others_are_read_by_name() -> None:
    graph = load()
    assert {"left": (3, 8, 8), "right": (1, 8, 8)} == graph.inputs
    assert [("left",), ("right",), ("a", "b")] == [node.inputs for node in graph.layers]


def test_an_input_may_be_called_input() -> None:
    assert {"input": (3, 8)} == load("convcost: 1\nname: n\ninputs: {input: [3, 8]}\nlayers: [relu]\n").inputs


@pytest.mark.parametrize(
    ("size", "inputs"),
    [
        pytest.param("left=3x16x16,right=1x16x16", {"left": (3, 16, 16), "right": (1, 16, 16)}, id="both"),
        pytest.param("right=2x8x8", {"left": (3, 8, 8), "right": (2, 8, 8)}, id="one"),
    ],
)
def test_from_outside(size, inputs) -> None:
    assert inputs == load(size=size).inputs


def test_a_variant_overrides_an_input() -> None:
    assert [("cannot concatenate")] == [
        message.partition(":")[0] and "cannot concatenate" for message, _ in refused(variant="small")
    ]


def test_written_and_read_back() -> None:
    graph = load()
    again = load(write(graph))
    assert (graph.inputs, graph.outputs) == (again.inputs, again.outputs)
    assert [(n.name, n.op, n.inputs, n.shape) for n in graph.nodes] == [
        (n.name, n.op, n.inputs, n.shape) for n in again.nodes
    ]


@pytest.mark.parametrize(
    ("text", "size", "expected"),
    [
        pytest.param(
            TEXT,
            "3x8x8",
            ("the network has 2 inputs (left, right); say which one is meant", "as in --input left=3x64x64"),
            id="which one",
        ),
        pytest.param(
            TEXT, "lft=3x8x8", ("the network has no input 'lft'", "did you mean 'left'?"), id="a typo"
        ),
        pytest.param(
            LEFT_ONLY,
            None,
            ("nothing reads the input 'right'", "name it in a from:, or remove it"),
            id="not read",
        ),
        pytest.param(
            LEFT_ONLY.replace("left:", "a.b:"),
            None,
            ("'a.b': the name of an input has no dots", None),
            id="a dot",
        ),
        pytest.param(
            "convcost: 1\nname: n\ninput: [3, 8]\ninputs: {a: [3, 8]}\nlayers: [relu]\n",
            None,
            ("a spec has input: or inputs:, not both", None),
            id="both keys",
        ),
        pytest.param(
            TEXT.replace("name: b,", "name: right,"),
            None,
            ("'right' is the network's input", None),
            id="name taken",
        ),
    ],
)
def test_refused(text, size, expected) -> None:
    assert expected in refused(text, size=size)
