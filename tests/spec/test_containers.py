"""The pins on blocks, residuals, branches, from and outputs."""

from __future__ import annotations

import pytest

from tests.spec.helpers import layers, load, names, net, op, shape, wrong

Q = tuple[str, str, str, "str | None"]


def inputs(text: str) -> dict[str, tuple[str, ...]]:
    return {node.name: node.inputs for node in load(text).layers}


# --- blocks ------------------------------------------------------------------------------


def test_defaults_are_evaluated_in_order_and_see_args_before_them() -> None:
    head = "blocks: {b: {args: {out: ~, mid: out // 4, wide: in_channels + mid}, layers: [conv: {out: wide, kernel: 1}]}}\n"
    assert shape(net("b: {out: 8}", head=head))[0] == 3 + 2
    assert shape(net("b: {out: 8, mid: 4}", head=head))[0] == 3 + 4


def test_in_in_a_default_is_of_the_tensor_that_enters_the_block() -> None:
    head = "blocks: {b: {args: {wide: in_channels}, layers: [conv: {out: 9, kernel: 1}, conv: {out: wide, kernel: 1}]}}\n"
    assert shape(net("b", head=head))[0] == 3


def test_a_block_sees_the_vars_and_its_own_args_only() -> None:
    head = (
        "vars: {v: 2}\nblocks: {outer: {args: {c: 4}, layers: [inner]}, "
        "inner: {layers: [conv: {out: v, kernel: 1}, conv: {out: c, kernel: 1}]}}\n"
    )
    assert [("CC202", "5:106", "unknown name 'c'", None)] == wrong(net("outer", head=head))


def test_an_arg_goes_before_a_var() -> None:
    head = "vars: {c: 2}\nblocks: {b: {args: {c: 4}, layers: [conv: {out: c, kernel: 1}]}}\n"
    assert shape(net("b", head=head))[0] == 4


def test_args_may_be_left_out() -> None:
    assert names(net("b", "b: {name: x}", head="blocks: {b: {layers: [relu]}}\n")) == ["b1.relu1", "x.relu1"]


def test_a_block_can_be_handed_a_layer() -> None:
    head = "blocks: {up: {args: {skip: ~}, layers: [conv: {name: up, out: 4, kernel: 1}, concat: {from: [$skip, up]}]}}\n"
    text = net("relu: {name: enc}", "relu", "up: {skip: enc}", head=head)
    assert ("enc", "up1.up") == inputs(text)["up1.concat1"]


@pytest.mark.parametrize(
    ("blocks", "line", "expected"),
    [
        pytest.param(
            "{b: {layers: [b]}}",
            "b",
            ("CC310", "4:23", "a block uses itself: b -> b", None),
            id="itself",
        ),
        pytest.param(
            "{b: {args: {c: ~}, layers: [relu]}}", "b", ("CC305", "6:5", "block b needs c:", None), id="arg"
        ),
        pytest.param(
            "{b: {args: {c: 1}, layers: [relu]}}",
            "b: {d: 1}",
            ("CC302", "6:9", "b has no 'd'", "it has c"),
            id="unknown arg",
        ),
        pytest.param(
            "{conv: {layers: [relu]}}",
            "relu",
            ("CC306", "4:10", "conv is an op; a block needs a name of its own", None),
            id="an op's name",
        ),
        pytest.param(
            "{residual: {layers: [relu]}}",
            "relu",
            ("CC306", "4:10", "residual is an op; a block needs a name of its own", None),
            id="residual",
        ),
        pytest.param(
            "{b: {args: {name: 1}, layers: [relu]}}",
            "relu",
            ("CC306", "4:21", "'name' is reserved and cannot be one of the args of b", None),
            id="a common key for an arg",
        ),
        pytest.param(
            "{b: {args: {max: 1}, layers: [relu]}}",
            "relu",
            ("CC306", "4:21", "'max' is reserved and cannot be one of the args of b", None),
            id="a function for an arg",
        ),
        pytest.param("{b: }", "relu", ("CC301", "4:10", "block b has no layers:", None), id="nothing"),
        pytest.param(
            "{b: {args: {}}}", "relu", ("CC301", "4:10", "block b has no layers:", None), id="no layers"
        ),
        pytest.param(
            "{b: {layers: [relu], x: 1}}",
            "relu",
            ("CC302", "4:30", "block b has no 'x'", "it has args, layers"),
            id="unknown key",
        ),
        pytest.param(
            "{b: {layers: [conv: {out: 0, kernel: 1}]}}",
            "relu",
            ("CC206", "4:35", "out must be at least 1, not 0", None),
            id="a mistake in a block never used",
        ),
    ],
)
def test_blocks_refused(blocks: str, line: str, expected: Q) -> None:
    assert [expected] == wrong(net(line, head=f"blocks: {blocks}\n"))


# --- residuals ---------------------------------------------------------------------------


def test_a_list_is_short_for_a_body() -> None:
    text = net("residual: [relu]", "residual: {body: [relu]}")
    assert inputs(text) == {
        "relu1": ("input",),
        "add1": ("relu1", "input"),
        "relu2": ("add1",),
        "add2": ("relu2", "add1"),
    }


def test_project_makes_a_1x1_convolution_with_the_bodys_norm_and_bias() -> None:
    text = net(
        "residual: {shortcut: project, body: [conv: {out: 8, kernel: 3, stride: 2, padding: 1, norm: bn, act: relu}]}"
    )
    assert list(inputs(text)) == [
        "conv1.conv",
        "conv1.norm",
        "conv1.act",
        "shortcut.conv1.conv",
        "shortcut.conv1.norm",
        "add1",
    ]
    conv = op(text, "shortcut.conv1.conv")
    assert (8, 1, 2, 0, False) == (conv.out, conv.kernel, conv.stride, conv.padding, conv.bias)
    assert ("conv1.act", "shortcut.conv1.norm") == inputs(text)["add1"]


@pytest.mark.parametrize(
    ("body", "bias", "norm"),
    [
        pytest.param("conv: {out: 8, kernel: 1}", True, None, id="plain"),
        pytest.param("conv: {out: 8, kernel: 1, bias: false}", False, None, id="without bias"),
        pytest.param("conv: {out: 8, kernel: 1, norm: bn, bias: true}", True, "bn", id="norm and bias"),
        pytest.param(
            "conv: {out: 8, kernel: 1, norm: {group_norm: {groups: 2}}}",
            False,
            "group_norm",
            id="another norm",
        ),
        pytest.param(
            "conv: {out: 8, kernel: 1, bias: false}, mul: {x: [], g: [conv: {out: 8, kernel: 1, norm: bn}]}",
            False,
            None,
            id="not one in a branch",
        ),
        pytest.param(
            "conv: {out: 4, kernel: 1, norm: bn}, residual: {shortcut: project, body: [conv: {out: 8, kernel: 1}]}",
            True,
            None,
            id="one in a residual within",
        ),
    ],
)
def test_project_takes_after_the_last_convolution_outside_branches(
    body: str, bias: bool, norm: str | None
) -> None:
    text = net(f"residual: {{name: r, shortcut: project, body: [{body}]}}")
    nodes = {node.name: node.op for node in load(text).layers if node.name.startswith("r.shortcut.conv")}
    (*_, first) = [o for o in nodes.values() if o.NAME == "conv"]
    assert bias == first.bias
    assert ([norm] if norm else []) == [o.NAME for name, o in nodes.items() if name.endswith(".norm")]


@pytest.mark.parametrize(
    ("size", "stride", "expected"),
    [
        # the smallest s with floor((in - 1) / s) + 1 = out
        pytest.param("[8, 8]", 2, 2, id="8 to 4"),
        pytest.param("[7, 7]", 2, 2, id="7 to 4"),
        pytest.param("[8, 8]", 3, 3, id="8 to 3"),
        pytest.param("[8, 7]", "[2, 3]", (2, 3), id="per dim"),
        pytest.param("[9, 4]", "[2, 1]", (2, 1), id="one dim alone"),
    ],
)
def test_project_finds_the_smallest_stride(size: str, stride: object, expected: object) -> None:
    text = net(
        f"residual: {{shortcut: project, body: [conv: {{out: 3, kernel: 1, stride: {stride}}}]}}",
        input=f"[3, {size[1:]}",
    )
    assert expected == op(text, "shortcut.conv1").stride


def test_project_is_nothing_where_shapes_agree() -> None:
    assert names(net("residual: {shortcut: project, body: [relu]}")) == ["relu1", "add1"]


def test_project_is_a_layer_of_a_shortcut_list_too() -> None:
    text = net(
        "residual: {shortcut: [avg_pool: {kernel: 2}, project], body: [conv: {out: 8, kernel: 2, stride: 2}]}"
    )
    assert ["conv1", "shortcut.avg_pool1", "shortcut.conv1", "add1"] == names(text)
    assert op(text, "shortcut.conv1").stride == 1


def test_when_same_adds_only_where_shapes_agree() -> None:
    lines = ("residual: {shortcut: when_same, body: [conv: {out: 8, kernel: 1}]}",) * 2
    assert names(net(*lines)) == ["conv1", "conv2", "add1"]


def test_a_shortcut_may_be_a_var() -> None:
    text = net("residual: {shortcut: $s, body: [conv: {out: 8, kernel: 1}]}", head="vars: {s: project}\n")
    assert names(text) == ["conv1", "shortcut.conv1", "add1"]


def test_an_empty_shortcut_list_is_the_identity() -> None:
    assert names(net("residual: {shortcut: [], body: [relu]}")) == ["relu1", "add1"]


def test_shortcuts_are_marked_as_such() -> None:
    nodes = load(net("residual: {shortcut: project, body: [conv: {out: 8, kernel: 1}]}")).layers
    assert [False, True, False] == [node.origin.shortcut for node in nodes]


@pytest.mark.parametrize("inplace", [True, False])
def test_the_addition_is_in_place_only_when_asked_for(inplace: bool) -> None:
    given = ", inplace: true" if inplace else ""
    assert inplace is op(net(f"residual: {{body: [relu]{given}}}"), "add1").inplace


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            "residual: [conv: {out: 8, kernel: 1}]",
            (
                "CC403",
                "5:5",
                "the shortcut is [3, 32, 32], but the body's output is [8, 32, 32]",
                "shortcut: project inserts a 1×1 convolution; when_same adds only where shapes agree",
            ),
            id="shapes differ",
        ),
        pytest.param(
            "residual: {shortcut: [relu], body: [max_pool: {kernel: 2}]}",
            (
                "CC403",
                "5:5",
                "the shortcut is [3, 32, 32], but the body's output is [3, 16, 16]",
                None,
            ),
            id="shapes differ after a list",
        ),
        pytest.param(
            "residual: {shortcut: project, body: [upsample: {factor: 2}]}",
            (
                "CC404",
                "5:5",
                "no stride takes [3, 32, 32] to [3, 64, 64]",
                "write the shortcut out as a list of layers",
            ),
            id="no stride",
        ),
        pytest.param(
            "project", ("CC404", "5:5", "project belongs in a residual's shortcut", None), id="alone"
        ),
        pytest.param(
            "residual: [project]",
            ("CC404", "5:16", "project belongs in a residual's shortcut", None),
            id="in a body",
        ),
        pytest.param(
            "residual: {shortcut: project}",
            ("CC305", "5:5", "a residual needs a body:", "residual: {body: [...]}"),
            id="no body",
        ),
        pytest.param(
            "residual", ("CC305", "5:5", "a residual needs a body:", "residual: {body: [...]}"), id="nothing"
        ),
        pytest.param(
            "residual: relu", ("CC304", "5:15", "residual must be a mapping, found 'relu'", None), id="a word"
        ),
        pytest.param(
            "residual: {body: relu}",
            ("CC304", "5:22", "a residual's body must be a list of layers, found 'relu'", None),
            id="body a word",
        ),
        pytest.param(
            "residual: {body: [relu], shortcut: projct}",
            (
                "CC207",
                "5:40",
                "a shortcut must be identity, project, when_same or a list of layers, found 'projct'",
                "did you mean 'project'?",
            ),
            id="misspelt",
        ),
        pytest.param(
            "residual: {body: [relu], shortcut: {a: 1}}",
            (
                "CC207",
                "5:40",
                "a shortcut must be identity, project, when_same or a list of layers, found a mapping",
                None,
            ),
            id="a mapping",
        ),
        pytest.param(
            "residual: {body: [relu], shortcuts: project}",
            ("CC302", "5:30", "residual has no 'shortcuts'", "did you mean 'shortcut'?"),
            id="key",
        ),
    ],
)
def test_residuals_refused(line: str, expected: Q) -> None:
    assert [expected] == wrong(net(line))


# --- branches ----------------------------------------------------------------------------


def test_branches_under_names_and_in_a_list() -> None:
    named = net("concat: {a: [relu], b: [tanh, relu]}")
    assert inputs(named) == {
        "a.relu1": ("input",),
        "b.tanh1": ("input",),
        "b.relu1": ("b.tanh1",),
        "concat1": ("a.relu1", "b.relu1"),
    }
    assert names(net("concat: [[relu], [tanh, relu]]")) == ["0.relu1", "1.tanh1", "1.relu1", "concat1"]


def test_an_empty_branch_is_the_tensor_itself() -> None:
    assert ("input", "new.relu1") == inputs(net("concat: {x: [], new: [relu]}"))["concat1"]


def test_a_squeeze_and_excitation() -> None:
    gate = "[global_avg_pool, conv: {out: 1, kernel: 1, act: relu}, conv: {out: in_channels, kernel: 1}]"
    text = net(
        "conv: {out: 8, kernel: 1}", f"mul: {{x: [], gate: {gate}}}".replace("out: in_channels", "out: 8")
    )
    assert ("conv1", "gate.conv2") == inputs(text)["mul1"]


def test_a_named_or_repeated_container_is_a_level() -> None:
    assert names(net("concat: {name: mix, a: [relu], b: []}")) == ["mix.a.relu1", "mix.concat"]
    assert names(net("add: {a: [relu], b: [], repeat: 1}")) == ["add1.0.a.relu1", "add1.0.add"]
    assert names(net("residual: {name: r, body: [relu]}")) == ["r.relu1", "r.add"]


def test_from_joins_without_branches_and_feeds_branches() -> None:
    text = net(
        "relu: {name: a}",
        "tanh: {name: b}",
        "add: {from: [a, b, input]}",
        "concat: {from: a, x: [], y: [relu]}",
        tail="outputs: [add1, concat1]\n",
    )
    assert ("a", "b", "input") == inputs(text)["add1"]
    assert ("a", "y.relu1") == inputs(text)["concat1"]


def test_matmul_joins_two() -> None:
    text = net(
        "reshape: {name: a, shape: [3, 8, 4]}",
        "reshape: {name: b, from: input, shape: [3, 4, 8]}",
        "matmul: {from: [a, b]}",
        input="[3, 32]",
    )
    assert shape(text.replace("input: [3, 32]", "input: [3, 32]")) == [3, 8, 8]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(
            "concat",
            ("CC305", "5:5", "concat needs branches, or from: with the names of what it joins", None),
            id="nothing",
        ),
        pytest.param(
            "add: {inplace: true}",
            ("CC305", "5:5", "add needs branches, or from: with the names of what it joins", None),
            id="fields alone",
        ),
        pytest.param(
            "concat: {a: [relu]}",
            ("CC406", "5:5", "concat reads 2 or more tensors, not 1", "give branches, or from: [a, b]"),
            id="one branch",
        ),
        pytest.param(
            "concat: {from: input}",
            ("CC406", "5:5", "concat reads 2 or more tensors, not 1", "give branches, or from: [a, b]"),
            id="one tensor",
        ),
        pytest.param(
            "add: {a: relu, b: []}",
            (
                "CC302",
                "5:11",
                "'a' is neither a field of add nor a branch (a list of layers)",
                "[] is the tensor itself",
            ),
            id="a word for a branch",
        ),
        pytest.param(
            "add: {inplce: true, a: [], b: []}",
            (
                "CC302",
                "5:11",
                "'inplce' is neither a field of add nor a branch (a list of layers)",
                "did you mean 'inplace'?",
            ),
            id="a misspelt field",
        ),
        pytest.param(
            "add: {a/b: [], c: []}",
            (
                "CC306",
                "5:11",
                "'a/b' cannot be a name",
                "use letters, digits, _, + and -; dots separate levels",
            ),
            id="a branch's name",
        ),
        pytest.param(
            "concat: {name: [relu], b: [], c: []}",
            ("CC306", "5:20", "a name must be a word, found a list", None),
            id="a common key for a branch",
        ),
        pytest.param(
            "concat: {a: [max_pool: {kernel: 2}], b: []}",
            (
                "CC401",
                "5:5",
                "concat needs equal spatial sizes, but gets [3, 16, 16] and [3, 32, 32]",
                "crop: {like: NAME} cuts the larger to the size of the other",
            ),
            id="sizes differ",
        ),
        pytest.param(
            "add: {a: [conv: {out: 8, kernel: 1}], b: []}",
            (
                "CC401",
                "5:5",
                "add needs equal shapes, but gets [8, 32, 32] and [3, 32, 32]",
                "conv: {out: 3, kernel: 1} brings [8, 32, 32] to [3, 32, 32]",
            ),
            id="shapes differ",
        ),
    ],
)
def test_branches_refused(line: str, expected: Q) -> None:
    assert [expected] == wrong(net(line))


# --- from and outputs --------------------------------------------------------------------


def test_a_name_is_looked_up_in_its_own_scope_then_outward() -> None:
    head = "blocks: {b: {layers: [relu: {name: x}, tanh, add: {from: [x, tanh1]}, add: {from: [add1, y]}]}}\n"
    text = net("relu: {name: x}", "relu: {name: y}", "b: {name: s}", head=head)
    assert [("s.x", "s.tanh1"), ("s.add1", "y")] == [inputs(text)[name] for name in ("s.add1", "s.add2")]


def test_a_name_may_be_a_path() -> None:
    head = "blocks: {b: {layers: [relu: {name: x}, tanh]}}\n"
    text = net("b: {name: s, repeat: 2}", "add: {from: [s.0.x, s.1, s]}", head=head)
    assert ("s.0.x", "s.1.tanh1", "s.1.tanh1") == inputs(text)["add1"]


def test_a_name_means_the_output_after_norm_and_act() -> None:
    text = net(
        "conv: {name: a, out: 3, kernel: 1, norm: bn, act: relu}",
        "add: {from: [a, input]}",
        "add: {from: [a.conv, add1]}",
    )
    assert ("a.act", "input") == inputs(text)["add1"]
    assert ("a.conv", "add1") == inputs(text)["add2"]


def test_numbered_lines_have_names_too() -> None:
    text = net("concat: {a: [], b: []}", "relu", "add: {from: [concat1, relu1]}")
    assert ("concat1", "relu1") == inputs(text)["add1"]


def test_outputs() -> None:
    text = net("relu: {name: a}", "conv: {name: b, out: 3, kernel: 1, act: relu}", tail="outputs: [b, a]\n")
    assert ("b.act", "a") == load(text).outputs
    assert ("b.act",) == load(text.replace("outputs: [b, a]\n", "")).outputs


@pytest.mark.parametrize(
    ("lines", "tail", "expected"),
    [
        pytest.param(
            ["relu: {from: b}", "relu: {name: b}"],
            "",
            ("CC308", "5:18", "there is no earlier layer 'b'", "it comes later, at line 6"),
            id="later",
        ),
        pytest.param(
            ["relu: {name: b, from: b}"], "", ("CC308", "5:27", "'b' reads itself", None), id="itself"
        ),
        pytest.param(
            ["relu: {name: stem}", "relu: {from: sten}"],
            "",
            ("CC308", "6:18", "there is no earlier layer 'sten'", "did you mean 'stem'?"),
            id="misspelt",
        ),
        pytest.param(["relu: {from: []}"], "", ("CC308", "5:18", "from: is empty", None), id="nothing"),
        pytest.param(
            ["relu: {from: [{a: 1}]}"],
            "",
            ("CC203", "5:19", "from must be a word, found a mapping", None),
            id="mapping",
        ),
        pytest.param(
            ["relu: {from: [input, input]}"],
            "",
            ("CC406", "5:5", "relu reads 1 tensor, not 2", "concat, add and mul join several"),
            id="two",
        ),
        pytest.param(
            ["relu: {name: a}", "residual: {from: [a, input], body: [relu]}"],
            "",
            (
                "CC406",
                "6:5",
                "residual reads 1 tensor, not 2",
                "its lines can read others with a from: of their own",
            ),
            id="two into a residual",
        ),
        pytest.param(
            ["relu: {name: a}", "concat: {from: [a, input], x: [], y: []}"],
            "",
            (
                "CC406",
                "6:5",
                "concat with branches reads 1 tensor, not 2",
                "its lines can read others with a from: of their own",
            ),
            id="two into branches",
        ),
        pytest.param(
            ["relu: {name: a}", "relu: {from: input}"],
            "",
            ("CC309", "5:5", "nothing uses the result of 'a'", "name it in outputs:, or remove it"),
            id="unused",
        ),
        pytest.param(
            ["relu"], "outputs: [b]\n", ("CC308", "6:11", "there is no layer 'b'", None), id="no such output"
        ),
        pytest.param(
            ["relu"],
            "outputs: [input, relu1]\n",
            ("CC308", "6:11", "an output must be a layer, not the network's input", None),
            id="the input",
        ),
        pytest.param(
            ["relu"],
            "outputs: []\n",
            ("CC304", "6:10", "outputs: must be a list of names", None),
            id="no outputs",
        ),
        pytest.param(
            ["relu: {name: input}"], "", ("CC306", "5:18", "'input' is the network's input", None), id="input"
        ),
        pytest.param(
            ["crop: {like: big}"], "", ("CC308", "5:18", "there is no earlier layer 'big'", None), id="like"
        ),
    ],
)
def test_from_and_outputs_refused(lines: list[str], tail: str, expected: Q) -> None:
    assert [expected] == wrong(net(*lines, tail=tail))


def test_like_reads_a_shape_only() -> None:
    text = net("max_pool: {kernel: 2}", "upsample: {like: input}")
    (_, node) = load(text).layers
    assert (("max_pool1",), ("input",), (3, 32, 32)) == (node.inputs, node.like, node.shape)


def test_a_line_with_a_mistake_keeps_its_name() -> None:
    found = wrong(
        net("conv: {name: a, out: x, kernel: 1}", "relu: {name: b, from: zzz}", "add: {from: [a, b]}")
    )
    assert ["CC202", "CC308"] == [code for code, *_ in found]


def test_layers_of_a_residual_are_seen_from_where_it_stands() -> None:
    assert layers(net("residual: [relu: {name: a}]", "add: {from: [a, add1]}"))["add2"] == [3, 32, 32]
