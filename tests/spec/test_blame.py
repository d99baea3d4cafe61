"""Mistakes in blocks: at the argument or the line that uses the block; in the block if it alone is wrong."""

from __future__ import annotations

import pytest

from convcost.errors import ConvcostError, Loc
from tests.spec.helpers import load, net

ONE = "blocks:\n  b:\n    args: {out: 4, k: 1, skip: input, mid: 2}\n    layers:\n"
"""A block in lines 4 to 7; its own lines follow from line 8 on."""


def block(*lines: str) -> str:
    return ONE + "".join(f"      - {line}\n" for line in lines)


def found(text: str) -> list[tuple[str, list[str]]]:
    """Return every mistake's code and where it is: ``line:column``, outermost first."""
    with pytest.raises(ConvcostError) as caught:
        load(text)
    return [(d.code, places(d.loc)) for d in caught.value.diagnostics]


def places(loc: Loc | None) -> list[str]:
    return [f"{loc.line}:{loc.column}", *places(loc.inside)] if loc else []


@pytest.mark.parametrize(
    ("lines", "uses", "expected"),
    [
        pytest.param(
            ["conv: {out: out, kernel: 1}"],
            ["b: {out: 1o}"],
            [("CC203", ["10:14", "8:21"])],
            id="an argument that is no number",
        ),
        pytest.param(
            ["conv: {out: out * k, kernel: 1}"],
            ["b: {k: 2, out: 1o}"],
            [("CC203", ["10:20", "8:25"])],
            id="of two arguments the word",
        ),
        pytest.param(
            ["conv: {out: out / k, kernel: 1}"],
            ["b: {k: 3, out: 4}"],
            [("CC205", ["10:5", "8:21"])],
            id="two arguments together",
        ),
        pytest.param(
            ["conv: {out: out, kernel: 1}"],
            ["b: {repeat: 2, first: {out: 1o}}"],
            [("CC203", ["10:33", "8:21"])],
            id="in first:",
        ),
        pytest.param(
            ["conv: {out: 4, kernel: 1, act: $mid}"],
            ["b: {mid: rellu}"],
            [("CC315", ["10:14", "8:40"])],
            id="a word",
        ),
        pytest.param(
            ["add: {from: [$skip, $skip]}"],
            ["b: {skip: nope}"],
            [("CC308", ["10:15", "8:22"])],
            id="a name",
        ),
        pytest.param(["$mid"], ["b: {mid: nope}"], [("CC303", ["10:14", "8:9"])], id="an op"),
        pytest.param(
            ["conv: {out: 4, kernel: k}"],
            ["b: {k: 99}"],
            [("CC401", ["10:12", "8:32"])],
            id="a kernel too large",
        ),
        pytest.param(
            ["conv: {out: 4, kernel: 9}"],
            ["max_pool: {kernel: 8}", "b"],
            [("CC401", ["11:5", "8:32"])],
            id="an input too small",
        ),
        pytest.param(
            ["relu: {expect: [3, 3, 3]}"], ["b"], [("CC402", ["10:5", "8:24"])], id="not the shape expected"
        ),
        pytest.param(
            ["conv: {out: in_channels / 2, kernel: 1}"],
            ["b"],
            [("CC205", ["10:5", "8:21"])],
            id="what enters",
        ),
    ],
)
def test_the_use_is_to_blame(
    lines: list[str], uses: list[str], expected: list[tuple[str, list[str]]]
) -> None:
    assert expected == found(net(*uses, head=block(*lines)))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(["conv: {out: ouut, kernel: 1}"], [("CC202", ["8:21"])], id="an unknown name"),
        pytest.param(["conv: {out: out +, kernel: 1}"], [("CC201", ["8:21"])], id="half an expression"),
        pytest.param(["conv: {out: -4, kernel: 1}"], [("CC206", ["8:21"])], id="a literal"),
        pytest.param(["convv: {out: out, kernel: 1}"], [("CC303", ["8:9"])], id="an unknown op"),
        pytest.param(["relu: {from: nope}"], [("CC308", ["8:22"])], id="a name that is nowhere"),
        pytest.param(["project"], [("CC404", ["8:9"])], id="a project outside a shortcut"),
        pytest.param(["conv: {out: 3, kernel: 3, role: mix}"], [("CC407", ["8:41"])], id="a role"),
        pytest.param(
            ["residual: [conv: {out: in_channels, kernel: 3}]"], [("CC403", ["8:9"])], id="padding forgotten"
        ),
        pytest.param(["relu: {name: a}", "relu: {name: a}"], [("CC307", ["9:22"])], id="a name twice"),
        pytest.param(
            ["relu: {name: a}", "relu", "relu: {from: a}"], [("CC309", ["9:9"])], id="a result unused"
        ),
    ],
)
def test_the_block_itself_is_wrong_once(lines: list[str], expected: list[tuple[str, list[str]]]) -> None:
    """However often it is used: here in two lines, one of them repeated."""
    assert expected == found(net("b: {repeat: 4}", "b: {out: 5}", head=block(*lines)))


def test_a_default_that_is_wrong_is_where_it_is_written() -> None:
    head = "blocks:\n  b:\n    args: {out: 1o}\n    layers: [conv: {out: out, kernel: 1}]\n"
    assert [("CC203", ["6:17", "7:26"])] == found(net("b: {repeat: 2}", head=head))


def test_an_argument_behind_a_default() -> None:
    head = "blocks:\n  b:\n    args: {out: ~, mid: out // 2}\n    layers: [conv: {out: mid, kernel: 1}]\n"
    assert [("CC206", ["9:14", "7:26"])] == found(net("b: {out: 1}", head=head))


def test_blocks_within_blocks() -> None:
    head = "blocks:\n  a: {args: {out: ~}, layers: [conv: {out: out, kernel: 1}]}\n"
    head += "  b: {args: {width: ~}, layers: [a: {out: width // 2}]}\n"
    assert [("CC203", ["8:16", "6:43", "5:44"])] == found(
        net("b: {width: wide}", head=head).replace("// 2", "")
    )
    assert [("CC206", ["8:16", "6:43", "5:44"])] == found(net("b: {width: 1}", head=head))


def test_a_misfit_in_some_uses_is_told_once() -> None:
    head = block("residual: [conv: {out: 4, kernel: 1, stride: k}]")
    with pytest.raises(ConvcostError) as caught:
        load(net("conv: {out: 4, kernel: 1}", "b", "b: {k: 2}", "b: {k: 2}", head=head))
    (one,) = caught.value.diagnostics
    assert ("CC403", ["12:5", "8:9"]) == (one.code, places(one.loc))
    assert ("the same in another use of the block: line 13",) == one.notes


def test_a_layer_is_where_its_block_is_used() -> None:
    graph = load(net("relu", "b: {repeat: 2}", head=block("conv: {out: 4, kernel: 1, norm: bn}")))
    places_of = {node.name: places(node.loc) for node in graph.nodes if node.loc}
    assert {
        "input": ["3:8"],
        "relu1": ["10:5"],
        **{f"b1.{number}.conv1.{part}": ["11:5", "8:9"] for number in (0, 1) for part in ("conv", "norm")},
    } == places_of
