"""The pins on names: numbering, levels, norm and act, and that no name is given twice."""

from __future__ import annotations

import pytest

from convcost.errors import SpecError
from tests.spec.helpers import load, names, net, op, wrong


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(["relu", "tanh", "relu"], ["relu1", "tanh1", "relu2"], id="counted per op"),
        pytest.param(["relu6", "relu6"], ["relu6_1", "relu6_2"], id="_1 after a digit"),
        pytest.param(["relu: {name: relu1}", "relu"], ["relu1", "relu2"], id="skipping a name given before"),
        pytest.param(["relu", "relu: {name: relu1}"], ["relu2", "relu1"], id="skipping a name given later"),
        pytest.param(["relu", "relu: {name: relu1.a}"], ["relu2", "relu1.a"], id="skipping a level"),
        pytest.param(
            ["relu", "residual: [relu: {name: relu1}]"],
            ["relu2", "relu1", "add1"],
            id="skipping one in a body",
        ),
        pytest.param(
            ["concat: {b: [relu], c: []}", "concat: {b: [relu: {name: relu1}], c: []}"],
            ["b.relu2", "concat1", "b.relu1", "concat2"],
            id="skipping one in a branch further down",
        ),
        pytest.param(["relu: {name: stage1.0.relu}"], ["stage1.0.relu"], id="dots are levels"),
        pytest.param(
            ["concat: {a: [relu], c: []}", "concat: {a: [relu], c: []}"],
            ["a.relu1", "concat1", "a.relu2", "concat2"],
            id="branches of one key go on counting",
        ),
        pytest.param(
            ["residual: [relu, relu]", "relu"], ["relu1", "relu2", "add1", "relu3"], id="a body has no level"
        ),
        pytest.param(["conv: {out: 3, kernel: 1}"], ["conv1"], id="a conv alone is a leaf"),
        pytest.param(
            ["conv: {out: 3, kernel: 1, norm: none, act: none}"], ["conv1"], id="none leaves it one"
        ),
        pytest.param(["conv: {out: 3, kernel: 1, norm: bn}"], ["conv1.conv", "conv1.norm"], id="norm"),
        pytest.param(
            ["conv: {out: 3, kernel: 1, act: relu, repeat: 1}"], ["conv1.0.conv", "conv1.0.act"], id="repeat"
        ),
        pytest.param(
            ["conv_transpose: {name: up, out: 3, kernel: 2, norm: bn, act: relu}"],
            ["up.conv_transpose", "up.norm", "up.act"],
            id="a transposed conv",
        ),
        pytest.param(
            ["flatten", "linear: {name: fc, out: 3, act: relu}"],
            ["flatten1", "fc.linear", "fc.act"],
            id="linear",
        ),
    ],
)
def test_names(lines: list[str], expected: list[str]) -> None:
    assert expected == names(net(*lines))


def test_blocks_add_a_level() -> None:
    head = "blocks: {inner: {layers: [relu]}, outer: {layers: [inner, inner: {name: x, repeat: 2}]}}\n"
    expected = ["outer1.inner1.relu1", "outer1.x.0.relu1", "outer1.x.1.relu1"]
    assert expected == names(net("outer", head=head))


@pytest.mark.parametrize(
    ("lines", "expected", "note"),
    [
        pytest.param(
            ["relu: {name: a}", "tanh: {name: a}"],
            ("CC307", "6:18", "duplicate name 'a'", None),
            "first given at line 5, column 18",
            id="a name twice",
        ),
        pytest.param(
            ["relu: {name: a}", "relu: {name: a.b}"],
            ("CC307", "6:5", "'a' is both a layer and a level", None),
            "the layer is at line 5, column 5",
            id="a layer, then a level",
        ),
        pytest.param(
            ["relu: {name: a.b}", "relu: {name: a}"],
            ("CC307", "6:5", "'a' is already the name of a level", None),
            "the other one is at line 5, column 5",
            id="a level, then a layer",
        ),
        pytest.param(
            ["conv: {name: a, out: 3, kernel: 1, act: relu}", "relu: {name: a.act}"],
            ("CC307", "6:5", "'a.act' is already the name of a layer", None),
            "the other one is at line 5, column 5",
            id="a leaf of norm and act",
        ),
    ],
)
def test_names_twice(lines: list[str], expected: tuple[str, ...], note: str) -> None:
    assert [expected] == wrong(net(*lines))
    with pytest.raises(SpecError) as caught:
        load(net(*lines))
    assert (note,) == caught.value.diagnostics[0].notes


def test_a_block_named_twice_is_one_mistake() -> None:
    text = net("b: {name: x}", "b: {name: x}", head="blocks: {b: {layers: [relu, tanh]}}\n")
    assert [("CC307", "7:15", "duplicate name 'x'", None)] == wrong(text)


@pytest.mark.parametrize("name", ["a/b", "a b", "a.", ".a", "a..b", "é", "$a", "''", "a:b"])
def test_names_refused(name: str) -> None:
    quoted = name if name == "''" else f"'{name}'"
    text = "" if name == "''" else name
    hint = "use letters, digits, _, + and -; dots separate levels"
    assert [("CC306", "5:18", f"{text!r} cannot be a name", hint)] == wrong(net(f"relu: {{name: {quoted}}}"))


def test_a_name_that_is_too_long() -> None:
    found = wrong(net(f"relu: {{name: {'a' * 201}}}"))
    assert [("CC306", "5:18", f"{'a' * 60!r} cannot be a name", "a name has at most 200 characters")] == found
    assert [] == wrong(net(f"relu: {{name: {'a' * 200}}}"))


# --- norm and act ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "bias"),
    [
        pytest.param("norm: bn", False, id="any norm turns the bias off"),
        pytest.param("norm: {group_norm: {groups: 1}}", False, id="with fields"),
        pytest.param("norm: bn, bias: true", True, id="bias: true wins"),
        pytest.param("norm: none", True, id="none is no norm"),
        pytest.param("norm: $n", False, id="a var"),
        pytest.param("act: relu", True, id="an act does not"),
    ],
)
def test_norm_and_bias(fields: str, bias: bool) -> None:
    (node, *_) = load(net(f"conv: {{out: 3, kernel: 1, {fields}}}", head="vars: {n: bn}\n")).layers
    assert bias is node.op.bias  # type: ignore[attr-defined]


def test_norm_and_act_with_fields() -> None:
    from fractions import Fraction

    text = net(
        "conv: {out: 4, kernel: 1, norm: {group_norm: {groups: g}}, act: {leaky_relu: {slope: 0.1}}}",
        head="vars: {g: 2}\n",
    )
    assert op(text, "conv1.norm").groups == 2
    assert Fraction(1, 10) == op(text, "conv1.act").slope


@pytest.mark.parametrize(
    ("act", "automatic", "inplace"),
    [
        pytest.param("relu", True, False, id="a word: wherever that is legal"),
        pytest.param("{relu: {inplace: true}}", False, True, id="asked for"),
        pytest.param("{relu: {inplace: false}}", False, False, id="refused"),
    ],
)
def test_acts_in_place(act: str, automatic: bool, inplace: bool) -> None:
    (_, node) = load(net(f"conv: {{out: 4, kernel: 1, act: {act}}}")).layers
    assert (automatic, inplace) == (node.origin.act, node.op.inplace)  # type: ignore[attr-defined]


def test_a_plain_activation_is_in_place_only_when_asked_for() -> None:
    (one, other) = load(net("relu", "relu: {inplace: true}")).layers
    assert [(False, False), (False, True)] == [(n.origin.act, n.op.inplace) for n in (one, other)]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(
            "act: relv",
            ("CC315", "5:36", "'relv' is not an activation", "did you mean 'relu'?"),
            id="misspelt",
        ),
        pytest.param(
            "norm: relu",
            (
                "CC315",
                "5:37",
                "'relu' is not a norm",
                "one of bn, group_norm, instance_norm, layer_norm, lrn, none",
            ),
            id="an act for a norm",
        ),
        pytest.param("act: [relu]", ("CC203", "5:36", "act must be a word, found a list", None), id="a list"),
        pytest.param(
            "act: {relu: {}, tanh: {}}",
            (
                "CC304",
                "5:36",
                "act: must be a word or a mapping with one key, the op",
                "act: {leaky_relu: {slope: 0.1}}",
            ),
            id="two",
        ),
        pytest.param(
            "act: {leaky_relu: 0.1}",
            ("CC304", "5:49", "act takes named fields, found '0.1'", None),
            id="no fields",
        ),
        pytest.param(
            "act: {leaky_relu: {slop: 1}}",
            ("CC302", "5:56", "leaky_relu has no 'slop'", "did you mean 'slope'?"),
            id="unknown field",
        ),
        pytest.param("act: $zzz", ("CC202", "5:36", "unknown name 'zzz'", None), id="no such var"),
    ],
)
def test_norm_and_act_refused(fields: str, expected: tuple[str, str, str, str | None]) -> None:
    assert [expected] == wrong(net(f"conv: {{out: 3, kernel: 1, {fields}}}"))


def test_linear_on_more_than_one_dim_needs_an_axis() -> None:
    expected = (
        "CC401",
        "5:5",
        "linear takes a vector, but gets [3, 32, 32]",
        "flatten first, or set axis: -1 if the channels are last",
    )
    assert [expected] == wrong(net("linear: {out: 4}"))
    assert [] == wrong(net("linear: {out: 4, axis: -1}"))
