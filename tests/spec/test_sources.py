"""What lines read: all repeats of a line, lines left out together, branches with a condition."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.helpers import load, names, net, op, shape, wrong

REPEATED = "conv: {name: m, out: 4, kernel: 1, repeat: 3}"
DEEP = "vars: {deep: false}\n"


def reads(text: str, name: str, **settings: Any) -> tuple[str, ...]:
    return next(node.inputs for node in load(text, **settings).nodes if node.name == name)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([REPEATED, "concat: {from: m.*}"], ("m.0", "m.1", "m.2"), id="alone"),
        pytest.param(
            [REPEATED, "concat: {from: [input, m.*]}"], ("input", "m.0", "m.1", "m.2"), id="in a list"
        ),
        pytest.param(
            ["residual: {name: m, repeat: 2, body: [relu]}", "concat: {from: m.*}"],
            ("m.0.add", "m.1.add"),
            id="a container's results",
        ),
        pytest.param([REPEATED, "b: {skip: m.*}"], ("m.0", "m.1", "m.2"), id="handed to a block"),
    ],
)
def test_all_repeats(lines: list[str], expected: tuple[str, ...]) -> None:
    head = "blocks: {b: {args: {skip: ~}, layers: [concat: {from: [$skip]}]}}\n"
    graph = load(net(*lines, head=head))
    assert expected == graph.nodes[-1].inputs


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            ["relu: {name: a}", "relu: {from: a.*}"],
            ("CC308", "6:18", "there is no earlier repeated line 'a'"),
            id="not repeated",
        ),
        pytest.param(
            ["relu: {name: a, repeat: 0}", "relu: {from: a.*}"],
            ("CC308", "6:18", "'a' was left out by when: or repeat: 0"),
            id="left out",
        ),
        pytest.param(
            [REPEATED, "relu: {from: m.*}"], ("CC406", "6:5", "relu reads 1 tensor, not 3"), id="too many"
        ),
    ],
)
def test_all_repeats_refused(lines: list[str], expected: tuple[str, str, str]) -> None:
    (found,) = wrong(net(*lines))
    assert expected == found[:3]


@pytest.mark.parametrize(
    ("deep", "expected"),
    [pytest.param("false", ["sigmoid1"], id="out"), pytest.param("true", ["a", "b", "sigmoid1"], id="in")],
)
def test_lines_left_out_together(deep: str, expected: list[str]) -> None:
    lines = ["relu: {name: a, when: deep}", "relu: {name: b, from: a, when: deep}", "sigmoid"]
    assert expected == names(net(*lines, head=DEEP), sets={"deep": deep})


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param("not deep", "'a' was left out by when: or repeat: 0", id="the condition differs"),
        pytest.param(
            "in_channels == 9", "'a' was left out by when: or repeat: 0", id="it hangs on what is not there"
        ),
        pytest.param("depe", "unknown name 'depe'", id="it is wrong"),
    ],
)
def test_a_line_that_stays_reads_what_is_there(condition: str, expected: str) -> None:
    found = wrong(net("relu: {name: a, when: deep}", f"relu: {{from: a, when: {condition}}}", head=DEEP))
    assert expected in [message for _, _, message, _ in found]


REP = net(
    "conv: {out: 8, kernel: 1}",
    "add: {dense: [conv: {out: out, kernel: 3, padding: half}], id: {when: in_channels == out, layers: [bn]}}",
    "relu",
    head="vars: {out: 8}\n",
)


def test_a_branch_with_a_condition() -> None:
    assert ["conv1", "dense.conv1", "id.bn1", "add1", "relu1"] == names(REP)
    assert ("dense.conv1", "id.bn1") == reads(REP, "add1")


def test_one_branch_left_is_passed_on_and_the_number_kept() -> None:
    text = REP.replace("  - relu\n", "  - add: {a: [], b: []}\n")
    assert ["conv1", "dense.conv1", "add2"] == names(text, sets={"out": "4"})
    assert [4, 32, 32] == shape(text, sets={"out": "4"})


def test_branches_in_a_list_have_conditions_too() -> None:
    text = net("concat: [[relu], {when: false, layers: [sigmoid]}, {layers: [tanh]}]")
    assert ("0.relu1", "2.tanh1") == reads(text, "concat1")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("add: {a: {when: false, layers: []}}", ("CC406", "every branch of add is left out by its when:"), id="none left"),
        pytest.param("add: {a: [], b: {when: true}}", ("CC305", "branch b needs layers:"), id="no layers"),
        pytest.param("add: {a: [], b: {when: 1, layers: []}}", ("CC203", "when must be true or false, not 1"), id="no condition"),
        pytest.param("add: {a: [], b: {wen: true, layers: []}}", ("CC302", "branch b has no 'wen'"), id="a typo"),
    ],
)  # fmt: skip
def test_conditions_refused(line: str, expected: tuple[str, str]) -> None:
    (found,) = wrong(net(line))
    assert expected == (found[0], found[2])


def test_an_index_by_name() -> None:
    text = net("conv: {out: 3, kernel: 1, dilation: rates.index, repeat: 2}", head="vars: {rates: [1, 4]}\n")
    assert [1, 4] == [op(text, f"conv1.{number}").dilation for number in (0, 1)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("rates.index", "unknown name 'index'", id="not repeated"),
        pytest.param("rates.nope", "unknown name 'nope'", id="no such name"),
        pytest.param("rates.7", "index 7 is past the end of a list of 2", id="past the end"),
    ],
)
def test_an_index_that_is_none(value: str, expected: str) -> None:
    """Also where no type is known, and a dotted path could be a layer's name."""
    head = "vars: {rates: [1, 4]}\nblocks: {b: {args: {k: ~}, layers: [conv: {out: 3, kernel: k}]}}\n"
    assert [expected] == [message for _, _, message, _ in wrong(net(f"b: {{k: {value}}}", head=head))]
    assert [expected] == [m for _, _, m, _ in wrong(net(f"conv: {{out: 3, kernel: {value}}}", head=head))]


def test_a_layers_name_is_no_index() -> None:
    head = "vars: {conv1: enc.conv1, enc2: enc.conv1}\n"
    assert "relu1" in names(
        net("relu: {from: $conv1}", head=head, tail="").replace(
            "  - relu", "  - conv: {name: enc.conv1, out: 3, kernel: 1}\n  - relu"
        )
    )
