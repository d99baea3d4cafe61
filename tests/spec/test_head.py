"""The parts of a spec: the version, the name, what is missing and what does not belong there."""

from __future__ import annotations

import pytest

from tests.spec.helpers import load, wrong

TAIL = "input: [3, 8, 8]\nlayers:\n  - relu\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "name: n\n" + TAIL,
            ("CC301", "1:1", "convcost: is missing (the version of the language: convcost: 1)", None),
            id="no version",
        ),
        pytest.param(
            "convcost: 2\nname: n\n" + TAIL,
            (
                "CC301",
                "1:11",
                "the version of the language must be 1, found '2'",
                "a newer convcost may be able to read it",
            ),
            id="another version",
        ),
        pytest.param(
            "convcost: 1\n" + TAIL,
            ("CC301", "1:1", "name: is missing (what the network is called)", None),
            id="no name",
        ),
        pytest.param(
            "convcost: 1\nname: ~\n" + TAIL,
            ("CC306", "2:7", "a name must be a word, found nothing", None),
            id="empty name",
        ),
        pytest.param(
            "convcost: 1\nname: n\nlayers: [relu]\n",
            ("CC301", "1:1", "input: is missing (channels and sizes, as in [3, 224, 224])", None),
            id="no input",
        ),
        pytest.param(
            "convcost: 1\nname: n\ninput: [3, 8, 8]\n",
            ("CC301", "1:1", "layers: is missing (a list of layers)", None),
            id="no layers",
        ),
        pytest.param(
            "convcost: 1\nname: n\ninput: [3, 8, 8]\nlayers: []\n",
            ("CC301", "1:1", "the network has no layers", None),
            id="empty layers",
        ),
        pytest.param(
            "convcost: 1\nname: n\ninput: [3, 8, 8]\nlayers: {relu: {}}\n",
            (
                "CC304",
                "4:9",
                "layers must be a list of layers, found a mapping",
                "begin each layer with '- '",
            ),
            id="layers a mapping",
        ),
        pytest.param(
            "convcost: 1\nname: n\nlayer: 3\n" + TAIL,
            ("CC302", "3:1", "a spec has no 'layer'", "did you mean 'layers'?"),
            id="misspelt key",
        ),
        pytest.param(
            "convcost: 1\nname: n\ninput: {a: [3, 8], b: [3, 8]}\nlayers: [relu]\n",
            (
                "CC304",
                "3:8",
                "input: is one shape, found a mapping",
                "several inputs: inputs: {left: [3, 64, 64], right: [3, 64, 64]}",
            ),
            id="input of several",
        ),
        pytest.param(
            "convcost: 1\nname: n\nbudget: 3\n" + TAIL,
            ("CC304", "3:9", "budget must be a mapping, found '3'", None),
            id="budget",
        ),
        pytest.param(
            "convcost: 1\nname: n\ninput: 3\nlayers: [relu]\n",
            ("CC304", "3:8", "an input must be a list of channels and sizes, as in [3, 224, 224]", None),
            id="input a number",
        ),
        pytest.param(
            "convcost: 1\nname: n\ninput: [3]\nlayers: [relu]\n",
            (
                "CC304",
                "3:8",
                "an input has channels and 1, 2 or 3 spatial sizes; this has 1 values",
                "the batch is set by --batch",
            ),
            id="input of one",
        ),
        pytest.param(
            "convcost: 1\nname: n\ninput: [3, 0]\nlayers: [relu]\n",
            ("CC206", "3:12", "input must be at least 1, not 0", None),
            id="size 0",
        ),
    ],
)
def test_heads_refused(text: str, expected: tuple[str, str, str, str | None]) -> None:
    assert [expected] == wrong(text)


@pytest.mark.parametrize("version", ["1", "'1'"])
def test_versions(version: str) -> None:
    assert load(f"convcost: {version}\nname: n\n{TAIL}").name == "n"


def test_everything_optional_may_be_empty() -> None:
    empty = "vars:\nvariants: ~\nblocks: {}\nbudget:\n"
    assert [] == wrong(f"convcost: 1\nname: n\n{empty}{TAIL}")


def test_a_graph_says_where_its_nodes_come_from() -> None:
    (node,) = load(f"convcost: 1\nname: n\n{TAIL}").layers
    assert str(node.loc) == "net.yaml:5:5"
