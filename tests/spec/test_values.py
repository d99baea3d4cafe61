"""The pins on vars, variants, words and in_*: what a value means where it stands."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.spec.helpers import layers, load, names, net, op, shape, wrong

CONV = "conv: {out: c, kernel: 1}"


def channels(head: str, **settings: object) -> int:
    return shape(net(CONV, head=head), **settings)[0]


# --- vars --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vars_", "expected"),
    [
        pytest.param("{c: 8}", 8, id="number"),
        pytest.param("{c: w * 2, w: 4}", 8, id="a var that comes later"),
        pytest.param("{w: 4, c: w if big else 1, big: true}", 4, id="a boolean"),
        pytest.param("{ws: [1, w, [2, 3]], w: 9, c: ws.2.1 + ws.1}", 12, id="lists in lists"),
        pytest.param("{w: 0.5, c: w * 10}", 5, id="an exact decimal"),
        pytest.param('{c: "max(1, 5)"}', 5, id="quoted, and an expression all the same"),
        pytest.param("{c: $w, w: 6}", 6, id="a dollar where none is needed"),
    ],
)
def test_vars(vars_: str, expected: int) -> None:
    assert expected == channels(f"vars: {vars_}\n")


def test_a_var_that_is_its_own_name_is_the_word() -> None:
    head = "vars: {relu: relu}\n"
    assert names(net("$relu", head=head)) == ["relu1"]


@pytest.mark.parametrize(
    ("vars_", "expected"),
    [
        pytest.param(
            "{a: b, b: c, c: a}", ("CC310", "4:11", "circular vars: a -> b -> c -> a", None), id="circle"
        ),
        pytest.param("{a: a + 1}", ("CC310", "4:11", "circular vars: a -> a", None), id="itself"),
        pytest.param(
            "{a: {b: 1}}",
            ("CC203", "4:11", "expected a number, a word or a list, found a mapping", None),
            id="mapping",
        ),
        pytest.param(
            "{a: 1 +}",
            ("CC201", "4:11", "expected a number, a name or '(', found the end", None),
            id="broken",
        ),
        pytest.param(
            "{width: 1, a: widht + 1}",
            ("CC202", "4:21", "unknown name 'widht'", "did you mean 'width'?"),
            id="misspelt",
        ),
        pytest.param(
            "{len: 1}",
            ("CC306", "4:8", "'len' is reserved and cannot be one of vars", None),
            id="a function",
        ),
        pytest.param(
            "{in_channels: 1}",
            ("CC306", "4:8", "'in_channels' is reserved and cannot be one of vars", None),
            id="in_channels",
        ),
        pytest.param(
            "{in_my_way: 1}",
            ("CC306", "4:8", "'in_my_way' is reserved and cannot be one of vars", None),
            id="in_ anything",
        ),
        pytest.param(
            "{index: 1}",
            ("CC306", "4:8", "'index' is reserved and cannot be one of vars", None),
            id="index",
        ),
        pytest.param(
            "{and: 1}",
            ("CC306", "4:8", "'and' is reserved and cannot be one of vars", None),
            id="a reserved word",
        ),
        pytest.param(
            "{none: 1}",
            ("CC306", "4:8", "'none' is reserved and cannot be one of vars", None),
            id="none",
        ),
        pytest.param(
            "{budget: 1}",
            ("CC306", "4:8", "'budget' is reserved and cannot be one of vars", None),
            id="budget",
        ),
        pytest.param(
            "{2x: 1}",
            (
                "CC306",
                "4:8",
                "'2x' cannot be used in expressions",
                "use letters, digits and _, with no digit first",
            ),
            id="a digit first",
        ),
        pytest.param(
            "[1]", ("CC304", "4:7", "vars must be a mapping, found a list", None), id="a list of vars"
        ),
    ],
)
def test_vars_refused(vars_: str, expected: tuple[str, str, str, str | None]) -> None:
    assert [expected] == wrong(net("relu", head=f"vars: {vars_}\n"))


# --- variants and overrides --------------------------------------------------------------

VARIED = "vars: {c: 8, d: c + 1}\nvariants: {50: {}, wide_2: {c: 16}, small: {input: [3, 16, 16], c: 4}}\n"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({}, [9, 32, 32], id="as written"),
        pytest.param({"variant": "50"}, [9, 32, 32], id="a variant that changes nothing"),
        pytest.param({"variant": "wide_2"}, [17, 32, 32], id="a var, and what uses it"),
        pytest.param({"variant": "small"}, [5, 16, 16], id="the input too"),
        pytest.param({"variant": "small", "sets": {"c": "2"}}, [3, 16, 16], id="--set over a variant"),
        pytest.param({"variant": "small", "size": "3x8x8"}, [5, 8, 8], id="--input over a variant"),
        pytest.param({"sets": {"d": "c * 2"}}, [16, 32, 32], id="--set to an expression"),
        pytest.param({"size": "3x8x4"}, [9, 8, 4], id="--input"),
        pytest.param({"size": "3xcxc"}, [9, 8, 8], id="--input of vars"),
    ],
)
def test_variants_and_overrides(settings: dict[str, object], expected: list[int]) -> None:
    assert expected == shape(net("conv: {out: d, kernel: 1}", head=VARIED), **settings)


def test_a_graph_knows_its_variant() -> None:
    graph = load(net(CONV, head=VARIED), variant="wide_2")
    assert ("n", "net.yaml", "wide_2") == (graph.name, graph.spec, graph.variant)


def test_the_input_takes_expressions() -> None:
    head = "vars: {c: 3, size: 8}\n"
    assert shape(net("relu", head=head, input="[c, size, 2 * size]")) == [3, 8, 16]
    assert shape(net("relu", head="vars: {s: [3, 5]}\n", input="s")) == [3, 5]


@pytest.mark.parametrize(
    ("variants", "settings", "expected"),
    [
        pytest.param(
            "{a: {}}",
            {"variant": "b"},
            ("CC312", "1:1", "n has no variant 'b'", "its variants: a"),
            id="unknown variant",
        ),
        pytest.param(
            "{wide: {}}",
            {"variant": "wid"},
            ("CC312", "1:1", "n has no variant 'wid'", "did you mean 'wide'?"),
            id="misspelt variant",
        ),
        pytest.param(
            "{a: {d: 1}}",
            {},
            ("CC302", "5:16", "variant a has no 'd'", "it has c, input, inputs, budget"),
            id="a variant of another var",
        ),
        pytest.param(
            "{a: {c: {}}}",
            {},
            ("CC203", "5:19", "expected a number, a word or a list, found a mapping", None),
            id="a mapping in a variant never used",
        ),
        pytest.param(
            "{a/b: {}}",
            {},
            (
                "CC306",
                "5:12",
                "'a/b' cannot be a name",
                "use letters, digits, _, + and -; dots separate levels",
            ),
            id="a variant's name",
        ),
        pytest.param(
            "{a: {budget: 3}}",
            {},
            ("CC304", "5:24", "budget must be a mapping, found '3'", None),
            id="a budget that is none",
        ),
        pytest.param(
            "{}",
            {"sets": {"d": "1"}},
            ("CC313", "1:1", "n has no var 'd'", "its vars: c"),
            id="--set of no var",
        ),
    ],
)
def test_variants_refused(variants: str, settings: dict[str, object], expected: tuple[object, ...]) -> None:
    head = f"vars: {{c: 8}}\nvariants: {variants}\n"
    assert [expected] == wrong(net(CONV, head=head), **settings)


# --- words -------------------------------------------------------------------------------


def test_a_bare_name_in_a_word_field_is_the_word() -> None:
    """Even where a var has that name; its value is written with a dollar."""
    head = "vars: {relu: tanh}\n"
    text = net(
        "conv: {name: a, out: 1, kernel: 1, act: relu}",
        "conv: {name: b, out: 1, kernel: 1, act: $relu}",
        head=head,
    )
    assert ["a.conv", "a.act", "b.conv", "b.act"] == names(text)
    assert ["relu", "tanh"] == [op(text, name).NAME for name in ("a.act", "b.act")]


def test_an_unknown_name_where_no_type_is_known_is_a_word() -> None:
    head = (
        "vars: {kind: group_norm}\nblocks: {b: {args: {n: ~, act: relu}, layers: [$n: {groups: 2}, $act]}}\n"
    )
    text = net("conv: {out: 4, kernel: 1}", "b: {n: $kind}", "b: {n: bn, act: silu}", head=head)
    assert wrong(text) == [("CC302", "5:53", "bn has no 'groups'", "it has affine")]
    assert names(text.replace("n: bn", "n: kind")) == [
        "conv1",
        "b1.group_norm1",
        "b1.relu1",
        "b2.group_norm1",
        "b2.silu1",
    ]


def test_a_word_is_checked_where_it_is_used() -> None:
    found = wrong(net("conv: {out: 1, kernel: 1, act: $act}", head="vars: {act: relv}\n"))
    assert [("CC315", "6:36", "'relv' is not an activation", "did you mean 'relu'?")] == found


@pytest.mark.parametrize(
    ("padding", "vars_", "expected"),
    [
        pytest.param("half", "{}", "half", id="a word"),
        pytest.param("'half'", "{}", "half", id="a quoted word"),
        pytest.param("half", "{half: 2}", "half", id="the word before a var of that name"),
        pytest.param("p", "{p: 1}", 1, id="a var"),
        pytest.param("p", "{p: same}", "same", id="a var that is a word"),
        pytest.param("p", "{p: [1, 2]}", (1, 2), id="a var that is a list"),
        pytest.param("[p, [0, p]]", "{p: 1}", (1, (0, 1)), id="pairs"),
        pytest.param("p + 1", "{p: 1}", 2, id="an expression"),
    ],
)
def test_padding_takes_words_and_numbers(padding: str, vars_: str, expected: object) -> None:
    text = net(f"conv: {{out: 1, kernel: 5, padding: {padding}}}", head=f"vars: {vars_}\n")
    assert expected == op(text, "conv1").padding


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            "conv: {out: relu, kernel: 1}", ("CC202", "6:17", "unknown name 'relu'", None), id="no var"
        ),
        pytest.param(
            "conv: {out: w, kernel: 1}",
            ("CC203", "6:17", "out must be an integer, not relu", "'relu' is a word"),
            id="a word for a number",
        ),
        pytest.param(
            "conv: {out: 1, kernel: 1, bias: 1}",
            ("CC203", "6:37", "bias must be true or false, not 1", "write a comparison, as in depth > 3"),
            id="a number for a flag",
        ),
        pytest.param(
            "conv: {out: 1.5, kernel: 1}",
            ("CC205", "6:17", "out must be an integer, not 1.5", "floor, ceil and round make integers"),
            id="a fraction",
        ),
        pytest.param(
            "conv: {out: 0, kernel: 1}", ("CC206", "6:17", "out must be at least 1, not 0", None), id="zero"
        ),
        pytest.param(
            "dropout: {rate: 2}",
            ("CC206", "6:21", "rate must be between 0 and 1, not 2", None),
            id="a rate of 2",
        ),
        pytest.param(
            "upsample: {factor: 2, mode: cubic}",
            (
                "CC207",
                "6:33",
                "mode must be one of nearest, linear, bilinear, trilinear, bicubic, not cubic",
                "did you mean 'bicubic'?",
            ),
            id="a wrong word",
        ),
        pytest.param(
            "upsample: {factor: 2, mode: $zzz}",
            ("CC202", "6:33", "unknown name 'zzz'", None),
            id="a word of a missing var",
        ),
        pytest.param(
            "conv: {out: 1, kernel: 3, padding: [[1, 2, 3], 1]}",
            ("CC203", "6:41", "padding takes pairs (before, after) per dim", None),
            id="three of a pair",
        ),
        pytest.param(
            "conv: {out: 1, kernel: {a: 1}}",
            ("CC203", "6:28", "expected an integer or a list of them, found a mapping", None),
            id="mapping",
        ),
        pytest.param(
            "permute: {order: 1}",
            ("CC203", "6:22", "order must be a list of integers, not 1", None),
            id="a number for a list",
        ),
        pytest.param(
            "conv: {out: w.0, kernel: 1}", ("CC203", "6:18", "relu is not a list", None), id="index of a word"
        ),
    ],
)
def test_values_refused(line: str, expected: tuple[str, str, str, str | None]) -> None:
    assert [expected] == wrong(net(line, head="vars: {w: relu}\n"))


def test_numbers_are_exact() -> None:
    assert Fraction(1, 10) == op(net("leaky_relu: {slope: 0.1}"), "leaky_relu1").slope


def test_every_mistake_in_a_list_is_told() -> None:
    found = wrong(net("conv: {out: 1, kernel: [0, x]}"))
    assert [("CC206", "5:29"), ("CC202", "5:32")] == [(code, at) for code, at, *_ in found]


# --- in_* --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("out", "expected"),
    [
        pytest.param("in_channels", 3, id="in_channels"),
        pytest.param("in_size.0 + in_size.1", 12, id="in_size"),
        pytest.param("in_height * 10 + in_width", 48, id="height and width"),
        pytest.param("len(in_size)", 2, id="how many dims"),
    ],
)
def test_in_describes_the_tensor_that_enters_the_line(out: str, expected: int) -> None:
    assert shape(net(f"conv: {{out: {out}, kernel: 1}}", input="[3, 4, 8]")) == [expected, 4, 8]


def test_in_is_the_first_of_several_and_what_from_names() -> None:
    text = net(
        "conv: {name: a, out: 5, kernel: 1}",
        "conv: {name: b, out: 7, kernel: 1}",
        "concat: {name: c, from: [a, b], expect: [12, in_height, ~], when: in_channels == 5}",
        "conv: {from: b, out: 2 * in_channels, kernel: 1}",
        tail="outputs: [c, conv1]\n",
    )
    assert layers(text) == {"a": [5, 32, 32], "b": [7, 32, 32], "c": [12, 32, 32], "conv1": [14, 32, 32]}


def test_in_of_a_branch_is_what_enters_the_branches() -> None:
    text = net(
        "conv: {out: 4, kernel: 1}",
        "concat: {a: [conv: {out: in_channels, kernel: 1}, conv: {out: in_channels + 1, kernel: 1}], b: []}",
    )
    assert layers(text)["a.conv1"] == [4, 32, 32]
    assert layers(text)["a.conv2"] == [5, 32, 32]


def test_in_of_a_repeat_is_that_of_each() -> None:
    assert shape(net("conv: {out: 2 * in_channels, kernel: 1, repeat: 3}")) == [24, 32, 32]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        pytest.param("in_height", "the input here, [3, 8], has 1 spatial dims", id="a height in 1-D"),
        pytest.param("in_depth", "the names are in_channels, in_size, in_height, in_width", id="no such"),
    ],
)
def test_in_refused(name: str, hint: str) -> None:
    expected = ("CC202", "5:17", f"unknown name '{name}'", hint)
    assert [expected] == wrong(net(f"conv: {{out: {name}, kernel: 1}}", input="[3, 8]"))


def test_in_of_a_line_that_is_wrong_itself_makes_no_second_mistake() -> None:
    found = wrong(
        net("conv: {out: x, kernel: 1}", "conv: {out: in_channels // 4, kernel: 1, groups: in_channels}")
    )
    assert [("CC202", "5:17", "unknown name 'x'", None)] == found
