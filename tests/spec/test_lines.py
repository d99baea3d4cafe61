"""The pins on lines: their form, and name, from, repeat, first, last, when, expect, role."""

from __future__ import annotations

import pytest

from convcost.pointwise import ROLES
from tests.spec.helpers import layers, load, names, net, op, shape, wrong

BLOCK = "blocks: {b: {args: {c: 4, k: 1}, layers: [conv: {name: x, out: c, kernel: k}, relu]}}\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            "conv: 8",
            (
                "CC304",
                "5:11",
                "conv takes named fields, found '8'",
                "fields have names: write {out: 8, kernel: …}",
            ),
            id="a value for fields",
        ),
        pytest.param(
            "b", ("CC303", "5:5", "there is no op or block 'b'", "did you mean 'bn'?"), id="no block"
        ),
        pytest.param(
            "convolution: {out: 8}",
            ("CC303", "5:5", "there is no op or block 'convolution'", "did you mean 'conv'?"),
            id="a synonym",
        ),
        pytest.param("[relu]", ("CC304", "5:5", "expected a layer, found a list", None), id="list"),
        pytest.param(
            "", ("CC304", "5:3", "empty line; 'none' is a layer that does nothing", None), id="empty"
        ),
        pytest.param(
            "{relu: {}, tanh: {}}",
            (
                "CC304",
                "5:5",
                "a layer is a mapping with one key, its op",
                "indent the fields further than the op's name, or put them in { }",
            ),
            id="two ops",
        ),
        pytest.param(
            "relu: {slope: 1}", ("CC302", "5:12", "relu has no 'slope'", "it has inplace"), id="no such field"
        ),
        pytest.param(
            "max_pool: {kernel: 2, strid: 2}",
            ("CC302", "5:27", "max_pool has no 'strid'", "did you mean 'stride'?"),
            id="misspelt field",
        ),
        pytest.param(
            "flatten: {x: 1}",
            ("CC302", "5:15", "flatten has no 'x'", "it has no fields of its own"),
            id="no fields",
        ),
        pytest.param(
            "crop", ("CC401", "5:5", "crop needs like: (the layer whose size it takes)", None), id="crop"
        ),
    ],
)
def test_the_form_of_a_line(line: str, expected: tuple[str, str, str, str | None]) -> None:
    assert [expected] == wrong(net(line))


def test_a_missing_field_is_told_for_each() -> None:
    assert [
        ("CC305", "5:5", "conv needs out: (output channels)", None),
        ("CC305", "5:5", "conv needs kernel: (kernel size)", None),
    ] == wrong(net("conv"))


# --- repeat, first, last, index ----------------------------------------------------------


def test_a_repeated_line_always_has_an_index() -> None:
    assert names(net("relu: {name: a, repeat: 1}", "relu: {repeat: 2}")) == ["a.0", "relu1.0", "relu1.1"]


def test_repeat_0_leaves_the_line_out() -> None:
    assert names(net("relu: {repeat: 0}", "relu")) == ["relu2"]


def test_first_and_last_replace_and_last_wins() -> None:
    line = "conv: {{name: a, out: 4, kernel: 1, repeat: {}, first: {{out: 5}}, last: {{out: 6, kernel: 3}}}}"
    assert layers(net(line.format(3))) == {"a.0": [5, 32, 32], "a.1": [4, 32, 32], "a.2": [6, 30, 30]}
    assert layers(net(line.format(1))) == {"a.0": [6, 30, 30]}


def test_first_and_last_of_a_block() -> None:
    text = net("b: {name: s, repeat: 2, first: {k: 3}, last: {c: 8}}", head=BLOCK)
    assert layers(text) == {
        "s.0.x": [4, 30, 30],
        "s.0.relu1": [4, 30, 30],
        "s.1.x": [8, 30, 30],
        "s.1.relu1": [8, 30, 30],
    }


def test_index_counts_from_0_and_is_seen_further_in() -> None:
    text = net("concat: {repeat: 2, a: [conv: {out: index + 1, kernel: 1}], b: []}")
    assert layers(text)["concat1.0.a.conv1"] == [1, 32, 32]
    assert layers(text)["concat1.1.a.conv1"] == [2, 32, 32]


def test_arguments_are_evaluated_once_per_repetition() -> None:
    assert layers(net("b: {c: in_channels * 2 + index, repeat: 2}", head=BLOCK))["b1.1.x"] == [13, 32, 32]


def test_from_feeds_the_first_repeat_alone() -> None:
    text = net(
        "conv: {name: a, out: 5, kernel: 1}",
        "relu",
        "conv: {name: c, from: a, out: 2 * in_channels, kernel: 1, repeat: 2}",
        tail="outputs: [c, relu1]\n",
    )
    assert [("a",), ("c.0",)] == [node.inputs for node in load(text).layers[2:]]
    assert shape(
        net("relu: {name: a, repeat: 2}", "relu: {from: a.0}", tail="outputs: [a, relu1]\n")
        .replace("[a, relu1]", "relu1")
        .replace("relu: {from: a.0}", "add: {from: [a.0, a]}")
        .replace("relu1", "add1")
    ) == [3, 32, 32]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            "relu: {repeat: -1}", ("CC206", "5:20", "repeat must be at least 0, not -1", None), id="negative"
        ),
        pytest.param(
            "relu: {repeat: 1.5}",
            ("CC205", "5:20", "repeat must be an integer, not 1.5", "floor, ceil and round make integers"),
            id="fraction",
        ),
        pytest.param(
            "relu: {repeat: true}", ("CC203", "5:20", "repeat must be an integer, not true", None), id="flag"
        ),
        pytest.param(
            "relu: {repeat: 1000001}",
            ("CC311", "5:20", "the spec expands to more than 1,000,000 layers", None),
            id="too many",
        ),
        pytest.param(
            "relu: {repeat: 400000 * in_channels}",
            ("CC311", "5:20", "the spec expands to more than 1,000,000 layers", None),
            id="too many, of a shape",
        ),
        pytest.param(
            "relu: {first: {inplace: true}}",
            ("CC304", "5:12", "first: needs a repeat: on the same line", None),
            id="first alone",
        ),
        pytest.param(
            "relu: {last: 3, repeat: 2}",
            ("CC304", "5:18", "last: must be a mapping of fields, found '3'", None),
            id="last a number",
        ),
        pytest.param(
            "relu: {repeat: 2, first: {inplac: true}}",
            ("CC302", "5:31", "relu has no 'inplac'", "did you mean 'inplace'?"),
            id="in first",
        ),
        pytest.param(
            "relu: {repeat: 2, last: {name: a}}",
            ("CC302", "5:30", "relu has no 'name'", "it has inplace"),
            id="a name in last",
        ),
        pytest.param(
            "conv: {out: index, kernel: 1}",
            ("CC202", "5:17", "unknown name 'index'", "index counts the repeats of a line with repeat:"),
            id="index alone",
        ),
    ],
)
def test_repeat_refused(line: str, expected: tuple[str, str, str, str | None]) -> None:
    assert [expected] == wrong(net(line))


# --- when --------------------------------------------------------------------------------


def test_a_line_left_out_passes_the_previous_tensor_and_keeps_its_number() -> None:
    text = net(
        "conv: {out: 4, kernel: 1}", "conv: {out: 5, kernel: 1, when: false}", "conv: {out: 6, kernel: 1}"
    )
    assert layers(text) == {"conv1": [4, 32, 32], "conv3": [6, 32, 32]}
    assert ("conv1",) == load(text).layers[1].inputs


def test_containers_left_out_keep_the_numbers_of_their_lines_too() -> None:
    text = net(
        "residual: {when: false, body: [relu, residual: [relu]]}",
        "concat: {when: false, a: [], b: []}",
        "residual: [relu]",
        "concat: {a: [], b: []}",
    )
    assert names(text) == ["relu3", "add3", "concat2"]


def test_when_is_judged_by_the_lines_own_input() -> None:
    text = net(
        "conv: {name: a, out: 4, kernel: 1}",
        "conv: {name: b, out: 5, kernel: 1}",
        "relu: {name: c, from: a, when: in_channels == 4}",
        tail="outputs: [b, c]\n",
    )
    assert names(text) == ["a", "b", "c"]


def test_a_name_left_out_may_be_given_again() -> None:
    lines = (
        "conv: {name: a, out: 4, kernel: 1, when: big}",
        "conv: {name: a, out: 2, kernel: 1, when: not big}",
    )
    for big, expected in (("true", 4), ("false", 2)):
        assert shape(net(*lines, head=f"vars: {{big: {big}}}\n"))[0] == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            ["relu: {name: a, when: false}", "relu: {from: a}"],
            ("CC308", "6:18", "'a' was left out by when: or repeat: 0", None),
            id="its name does not exist",
        ),
        pytest.param(
            ["relu: {when: 1}"],
            ("CC203", "5:18", "when must be true or false, not 1", "write a comparison, as in depth > 3"),
            id="a number",
        ),
        pytest.param(
            ["relu: {when: no}"],
            ("CC108", "5:18", "no is a boolean in YAML 1.1 and a word elsewhere", "write false, or quote it"),
            id="no",
        ),
        pytest.param(
            ["relu: {when: false}"], ("CC301", "1:1", "the network has no layers", None), id="nothing left"
        ),
    ],
)
def test_when_refused(lines: list[str], expected: tuple[str, str, str, str | None]) -> None:
    assert [expected] == wrong(net(*lines))


def test_none_is_a_layer_that_is_not_there() -> None:
    assert names(net("none", "relu", "$x", head="vars: {x: none}\n")) == ["relu1"]


# --- expect ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expect",
    ["[3, 32, 32]", "[~, 32, ~]", "[c, 4 * 8, in_width]", "s", "[~, ~, ~]"],
)
def test_expect_holds(expect: str) -> None:
    assert [] == wrong(net(f"relu: {{expect: {expect}}}", head="vars: {c: 3, s: [3, ~, 32]}\n"))


@pytest.mark.parametrize(
    ("expect", "expected"),
    [
        pytest.param(
            "[3, 16, ~]",
            ("CC402", "5:20", "expected [3, 16, ~], but the output is [3, 32, 32]", None),
            id="a size",
        ),
        pytest.param(
            "[3, 32]", ("CC402", "5:20", "expected [3, 32], but the output is [3, 32, 32]", None), id="rank"
        ),
        pytest.param("3", ("CC304", "5:20", "expect: must be a shape, as in [~, 7, 7]", None), id="a number"),
        pytest.param("[3, 0, 1]", ("CC206", "5:24", "expect must be at least 1, not 0", None), id="size 0"),
        pytest.param("[3, x, 1]", ("CC202", "5:24", "unknown name 'x'", None), id="unknown"),
    ],
)
def test_expect_fails(expect: str, expected: tuple[str, str, str, str | None]) -> None:
    assert [expected] == wrong(net(f"relu: {{expect: {expect}}}"))


def test_expect_means_the_last_repeat_after_norm_and_act() -> None:
    assert [] == wrong(net("conv: {out: 4, kernel: 3, norm: bn, repeat: 2, expect: [4, 28, 28]}"))


@pytest.mark.parametrize(
    ("expect", "count"),
    [
        pytest.param("[4, 1, 1]", 0, id="sizes are not compared"),
        pytest.param("[5, 1, 1]", 1, id="channels are"),
        pytest.param("[4, 1]", 1, id="rank is"),
    ],
)
@pytest.mark.parametrize("settings", [{"size": "3x8x8"}, {"variant": "small"}], ids=["--input", "variant"])
def test_under_an_overridden_input(expect: str, count: int, settings: dict[str, str]) -> None:
    text = net(
        f"conv: {{out: 4, kernel: 1, expect: {expect}}}", head="variants: {small: {input: [3, 8, 8]}}\n"
    )
    assert count == len(wrong(text, **settings))


def test_a_wrong_expect_does_not_hide_what_follows() -> None:
    found = wrong(net("conv: {out: 4, kernel: 1, expect: [x]}", "conv: {out: 4, kernel: 1, groups: 3}"))
    assert ["CC202", "CC401"] == [code for code, *_ in found]


# --- role --------------------------------------------------------------------------------


def test_a_role_is_kept() -> None:
    (node, *_) = load(net("conv: {out: 2, kernel: [1, 1], role: mix}", "conv: {out: 4, kernel: 3}")).layers
    assert node.origin.role == "mix"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            "conv: {out: 2, kernel: 1, role: redcue}",
            (
                "CC207",
                "5:37",
                f"role must be one of {', '.join(ROLES)}, not redcue",
                "did you mean 'reduce'?",
            ),
            id="misspelt",
        ),
        pytest.param(
            "conv: {out: 2, kernel: 3, role: mix}",
            ("CC407", "5:37", "role: belongs on a 1×1 convolution", None),
            id="3×3",
        ),
        pytest.param(
            "relu: {role: mix}", ("CC407", "5:18", "role: belongs on a 1×1 convolution", None), id="relu"
        ),
        pytest.param(
            "b: {role: mix}",
            ("CC407", "6:15", "role: belongs on a 1×1 convolution, not on a block", None),
            id="block",
        ),
    ],
)
def test_role_refused(line: str, expected: tuple[str, str, str, str | None]) -> None:
    head = BLOCK if line.startswith("b:") else ""
    assert [expected] == wrong(net(line, head=head))


# --- a layer's op may be a var -----------------------------------------------------------


def test_an_op_may_be_a_var() -> None:
    text = net("$pool: {kernel: 2}", "$unit: {c: 5}", head="vars: {pool: max_pool, unit: b}\n" + BLOCK)
    assert layers(text) == {"max_pool1": [3, 16, 16], "b1.x": [5, 16, 16], "b1.relu1": [5, 16, 16]}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            "$x",
            ("CC303", "6:5", "$x is 'max_pol', which is not an op or a block", "did you mean 'max_pool'?"),
            id="no op",
        ),
        pytest.param(
            "$y",
            (
                "CC303",
                "6:5",
                "$y is residual, whose layers must be written out",
                "choose with when: between two lines",
            ),
            id="residual",
        ),
        pytest.param(
            "$z: {kernal: 2, kernel: 2}",
            ("CC302", "6:10", "max_pool has no 'kernal'", "did you mean 'kernel'?"),
            id="unknown field",
        ),
        pytest.param("$n", ("CC203", "6:5", "an op is a word, but $n is [1]", None), id="a list"),
    ],
)
def test_an_op_that_is_a_var_refused(line: str, expected: tuple[str, str, str, str | None]) -> None:
    head = "vars: {x: max_pol, y: residual, z: max_pool, n: [1]}\n"
    assert [expected] == wrong(net(line, head=head))


def test_fields_default_to_torchs() -> None:
    text = net("conv: {out: 4, kernel: 3}", "max_pool: {kernel: 2}", "relu")
    conv = op(text, "conv1")
    assert (1, 0, 1, 1, True) == (conv.stride, conv.padding, conv.dilation, conv.groups, conv.bias)
    assert [4, 15, 15] == shape(text)
    assert op(text, "relu1").inplace is False
