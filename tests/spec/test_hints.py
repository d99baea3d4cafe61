"""Hints lead somewhere: what they propose exists, and an edit they propose, made as told, loads."""

from __future__ import annotations

import re

import pytest

from convcost.errors import ConvcostError
from convcost.ops import INDEX
from convcost.ops._fields import WORD
from convcost.spec import synonyms
from convcost.spec.arithmetic import FUNCTIONS
from convcost.spec.syntax import COMMON, RESIDUAL, SHORTCUTS, op_fields
from convcost.spec.values import IN_NAMES
from tests.spec.helpers import codes, load, net, wrong

INPUT = "[16, 32, 32]"
KNOWN = [*INDEX, RESIDUAL]
RESIDUAL_FIELDS = ("body", "shortcut", "inplace")
FIELDS = {*COMMON, *RESIDUAL_FIELDS, *(name for op in INDEX for name in op_fields(op))}


def words() -> set[str]:
    """Return every word that a field of words takes."""
    from convcost.ops import op_class

    specs = [spec for op in INDEX for spec in op_class(op).specs().values()]
    return {*SHORTCUTS, *(word for spec in specs if spec.kind == WORD for word in spec.choices)}


def edited(text: str) -> str:
    """Return a spec after every edit that its hints propose, made where the carets are."""
    with pytest.raises(ConvcostError) as caught:
        load(text)
    lines = text.split("\n")
    for found in sorted(caught.value.diagnostics, key=lambda d: d.loc[1:], reverse=True):
        at, line = found.loc.column - 1, lines[found.loc.line - 1]
        new = replacement(found.hint or "")
        lines[found.loc.line - 1] = line[:at] + new + line[at + found.loc.length :]
    return "\n".join(lines)


def replacement(hint: str) -> str:
    """Return what a hint puts in the place of the text at fault."""
    found = re.fullmatch(r"did you mean '(.+)'\?", hint) or re.fullmatch(r"(?:.*: )?write (.+)", hint)
    assert found, f"no edit: {hint}"
    return found[1]


# --- the tables --------------------------------------------------------------------------


def test_what_a_synonym_proposes_exists() -> None:
    assert set(synonyms.OPS.values()) <= set(KNOWN)
    assert {name for names in synonyms.FIELDS.values() for name in names} <= FIELDS
    assert set(synonyms.WORDS.values()) <= words()
    assert set(synonyms.NAMES.values()) <= {*IN_NAMES, *FUNCTIONS, "index"}


def test_no_synonym_hides_what_exists() -> None:
    tables = (synonyms.OPS, synonyms.LINES, synonyms.SENTENCES)
    assert [] == [word for table in tables for word in table if word in map(synonyms.fold, KNOWN)]
    assert [] == [word for word in synonyms.NAMES if word in {*IN_NAMES, *FUNCTIONS, "index"}]


def test_a_word_is_in_one_table() -> None:
    tables = (set(synonyms.OPS), set(synonyms.LINES), set(synonyms.SENTENCES))
    assert sum(map(len, tables)) == len(set.union(*tables))
    assert set() == set(synonyms.FIELDS) & set(synonyms.UNNEEDED) - {"dim"}  # an axis where there is one


@pytest.mark.parametrize(
    "word",
    [w for table in (synonyms.OPS, synonyms.LINES, synonyms.SENTENCES) for w in table]
    + list(synonyms.FIELDS),
)
def test_the_words_are_folded(word: str) -> None:
    assert synonyms.fold(word) == word


@pytest.mark.parametrize("word", synonyms.LINES)
def test_lines_written_out_load(word: str) -> None:
    assert [] == codes(net(*synonyms.LINES[word].lines, input=INPUT))


# --- what people write -------------------------------------------------------------------

LINES = [
    *("BatchNorm2d", "nn.BatchNorm2d", "batch_norm", "batchnorm", "BatchNormalization"),
    *("conv: {out_channels: 4, kernel_size: 3}", "conv: {filters: 4, kernel_size: 3x3, strides: 2}"),
    *("Conv2d: {out: 4, kernel: 3}", "Conv2D: {out: 4, kernel: 3}", "convolution: {out: 4, kernel: 3}"),
    *("deconv: {out: 4, kernel: 2}", "ConvTranspose2d: {out: 4, kernel: 2}", "SiLU", "ReLU", "swish"),
    *("Conv2DTranspose: {out: 4, kernel: 2}", "h_swish", "Hardswish", "LeakyReLU", "tf.nn.relu6"),
    *("conv: {out: 4, kernel: 3, activation: ReLU}", "conv: {out: 4, kernel: 3, act: SiLU}"),
    *("conv: {out: 4, kernel: 3, norm: BatchNorm2d}", "conv: {out: 4, kernel: 3, norm: batch_norm}"),
    *("MaxPool2d: {kernel: 2}", "MaxPooling2D: {kernel: 2}", "max_pool: {pool_size: 2}", "max_pool: 2"),
    *("AvgPool2d: {kernel: 2}", "AdaptiveAvgPool2d: {size: 1}", "adaptive_avg_pool: {output_size: 1}"),
    *("gap", "GlobalAveragePooling2D", "dropout: {p: 0.5}", "Dropout2d", "dropout: 0.5", "Flatten"),
    *("GroupNorm: {groups: 4}", "group_norm: {num_groups: 4}", "InstanceNorm2d", "LayerNorm: {axis: 0}"),
    *("Upsample: {factor: 2}", "upsample: {scale_factor: 2}", "resize: {size: [64, 64]}"),
    *("interpolate: {factor: 2}", "PixelShuffle: {factor: 2}", "pixel_shuffle: {upscale_factor: 2}"),
    *("leaky_relu: {negative_slope: 0.1}", "softmax: {dim: 0}", "conv: {out: in, kernel: 1}"),
    *("conv: {out: 4, kernel: (3, 3)}", "conv: {out: 4, kernel: 3x3, padding: (1,1)}", "Identity"),
    *(
        "concatenate: {a: [], b: []}",
        "cat: {a: [], b: []}",
        "multiply: {a: [], b: []}",
        "sum: {a: [], b: []}",
    ),
    *("conv: {out: 4, kernel: 3, repeats: 2}", "conv: {out: 4, kernel: 3, use_bias: false}"),
    *("conv: {out: 4, kernel: 3, dilation_rate: 2, pad: 1}", "conv: {out: 4, kernel: 3, Padding: SAME}"),
    *("pad: {size: 1, mode: reflection}", "pad: {size: 1, mode: zeros}", "lrn: {size: 5, nmae: a}"),
    *("residual: {layers: [relu]}", "residual: {skip: projection, body: [conv: {out: 4, kernel: 1}]}"),
    *("slice: {start: 0, end: 4}", "conv: {out: int(7 / 2), kernel: 1}", "conv: {out: h, kernel: 1}"),
    *("conv: {out: make_divisible(20), kernel: 1}", "conv: {out: 16 * (idx + 1), kernel: 1, repeat: 2}"),
]


@pytest.mark.parametrize("line", LINES)
def test_the_edit_is_right(line: str) -> None:
    text = net(line, input=INPUT)
    found = edited(text)
    while codes(found):  # a value is judged once its key is right
        text, found = found, edited(found)
        assert text != found
    assert found != net(line, input=INPUT)


@pytest.mark.parametrize("size", ["3x32x32", "(3, 32, 32)", "3X32X32", "(3,32,32)"])
def test_an_input_is_a_list(size: str) -> None:
    assert net("relu", input="[3, 32, 32]") == edited(net("relu", input=size))


def test_a_kernel_on_lines_of_its_own_is_a_list() -> None:
    text = net("conv:\n      out: 4\n      kernel: (3, 5)")
    assert net("conv:\n      out: 4\n      kernel: [3, 5]") == edited(text)


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        pytest.param("global_max_pool", str(synonyms.LINES["globalmaxpool"]), id="global_max_pool"),
        pytest.param("GlobalMaxPooling2D", str(synonyms.LINES["globalmaxpool"]), id="GlobalMaxPooling2D"),
        pytest.param("se: {ratio: 4}", str(synonyms.LINES["se"]), id="se"),
        pytest.param("SqueezeExcite", str(synonyms.LINES["se"]), id="SqueezeExcite"),
        pytest.param("dwconv: {kernel: 3}", str(synonyms.LINES["dwconv"]), id="dwconv"),
        pytest.param("DepthwiseConv2D: {kernel: 3}", str(synonyms.LINES["dwconv"]), id="DepthwiseConv2D"),
        pytest.param("SeparableConv2D: {kernel: 3}", str(synonyms.LINES["sepconv"]), id="SeparableConv2D"),
        pytest.param("glu", str(synonyms.LINES["glu"]), id="glu"),
        pytest.param("rnn: {out: 8}", synonyms.SENTENCES["rnn"], id="rnn"),
        pytest.param("nn.LSTM", synonyms.SENTENCES["lstm"], id="LSTM"),
        pytest.param("max_unpool: {kernel: 2}", synonyms.SENTENCES["maxunpool"], id="max_unpool"),
        pytest.param("MaxUnpool2d: {kernel: 2}", synonyms.SENTENCES["maxunpool"], id="MaxUnpool2d"),
        pytest.param("xyzzy", "'convcost ops' lists all ops", id="nothing near"),
    ],
)
def test_what_has_no_op_of_its_own(line: str, hint: str) -> None:
    assert [hint] == [found for *_, found in wrong(net(line, input=INPUT))]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("conv: {in_channels: 16, out: 4, kernel: 3}", id="in_channels"),
        pytest.param("linear: {in_features: 16, out: 4, axis: -1}", id="in_features"),
        pytest.param("bn: {num_features: 16}", id="num_features"),
        pytest.param("bn: {eps: 1}", id="eps"),
        pytest.param("add: {axis: 1, a: [], b: []}", id="axis"),
        pytest.param("add: {dim: 1, a: [], b: []}", id="dim"),
    ],
)
def test_what_is_left_out(line: str) -> None:
    ((_, _, message, hint),) = wrong(net(line, input=INPUT))
    key = re.findall(r"'(\w+)'", message)[0]
    assert (hint or "").endswith(": leave it out")
    assert [] == codes(net(re.sub(rf"{key}: \d+(, )?", "", line), input=INPUT))


def test_a_value_alone_is_left_out() -> None:
    assert ["bn takes no value: leave it out"] == [hint for *_, hint in wrong(net("bn: 16"))]


def test_a_block_may_have_a_synonyms_name() -> None:
    blocks = "blocks: {se: {args: {filters: ~}, layers: [conv: {out: filters, kernel: 1}]}}\n"
    assert [] == codes(net("se: {filters: 8}", head=blocks))
    assert net("se: {filters: 8}", head=blocks) == edited(net("SE: {filters: 8}", head=blocks))
    assert ["did you mean 'filters'?", None] == [
        hint for *_, hint in wrong(net("se: {filter: 8}", "relu: {from: a}", head=blocks))
    ]


# --- an unknown op is not judged as the one that was meant -------------------------------


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("dense: {units: 10}", id="the input does not suit linear"),
        pytest.param("convv: {depth: 4}", id="fields conv does not have"),
    ],
)
def test_an_unknown_op_is_one_mistake(line: str) -> None:
    assert 1 == len(wrong(net(line, "conv: {out: 4, kernel: 99}", input=INPUT)))


def test_what_reads_it_by_its_number_is_no_second_mistake() -> None:
    assert ["CC303"] == codes(
        net("convolution: {out: 4, kernel: 3}", "relu: {from: input}", "add: {from: [conv1, relu1]}")
    )
    assert ["CC303", "CC308"] == codes(net("convolution: {out: 4, kernel: 3}", "relu: {from: stem}"))


def test_neither_is_an_unknown_norm() -> None:
    assert ["CC315"] == codes(net("conv: {out: 4, kernel: 3, norm: {batchnorm: {x: 1}}}", input=INPUT))


# --- shapes ------------------------------------------------------------------------------

PAD = "padding: half"
PROJECT = "shortcut: project"


def padded(line: str) -> str:
    return re.sub(r"(kernel: \d)", rf"\1, {PAD}", line)


def projected(line: str) -> str:
    return re.sub(r"residual: \[(.*)\]$", rf"residual: {{{PROJECT}, body: [\1]}}", line)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("residual: [conv: {out: 16, kernel: 3}]", id="one"),
        pytest.param("residual: [conv: {out: 16, kernel: 3}, relu, conv: {out: 16, kernel: 5}]", id="two"),
        pytest.param("residual: [conv: {out: 32, kernel: 3}]", id="channels too"),
        pytest.param("residual: [conv: {out: 16, kernel: 3, stride: 2}]", id="a stride"),
        pytest.param("residual: [conv: {out: 16, kernel: 1}, conv: {out: 32, kernel: 1}]", id="channels"),
        pytest.param("residual: [conv: {out: 32, kernel: 1, stride: 2}]", id="a stride of 1×1"),
        pytest.param("residual: {shortcut: project, body: [conv: {out: 16, kernel: 3}]}", id="project"),
        pytest.param(
            "residual: {shortcut: project, body: [conv: {out: 8, kernel: 3, stride: 2}]}",
            id="project, stride",
        ),
    ],
)
def test_what_makes_a_shortcut_fit(line: str) -> None:
    ((_, _, _, hint),) = wrong(net(line, input=INPUT))
    changed = padded(line) if PAD in (hint or "") else line
    changed = projected(changed) if PROJECT in (hint or "") else changed
    assert changed != line
    assert [] == codes(net(changed, input=INPUT))


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("residual: [upsample: {factor: 2}]", id="grows"),
        pytest.param("residual: [conv: {out: 16, kernel: 4}]", id="an even kernel"),
        pytest.param("residual: {shortcut: project, body: [upsample: {factor: 2}]}", id="project"),
    ],
)
def test_where_no_padding_helps(line: str) -> None:
    assert ["write the shortcut out as a list of layers"] == [h for *_, h in wrong(net(line, input=INPUT))]


@pytest.mark.parametrize(
    "branch",
    [
        pytest.param("conv: {out: 16, kernel: 3}", id="no padding"),
        pytest.param("conv: {out: 8, kernel: 1}", id="channels"),
        pytest.param("max_pool: {kernel: 2}", id="half the size"),
        pytest.param("upsample: {factor: 2}", id="twice the size"),
    ],
)
def test_what_makes_tensors_add(branch: str) -> None:
    ((_, _, _, hint),) = wrong(net(f"add: {{a: [], b: [{branch}]}}", input=INPUT))
    line, _, shapes = (hint or "").partition(" brings ")
    a, b = "", branch
    if PAD in (hint or ""):
        b = padded(branch)
    elif shapes.startswith(INPUT):
        a = line
    else:
        b = f"{branch}, {line}"
    assert [] == codes(net(f"add: {{a: [{a}], b: [{b}]}}", input=INPUT))


def test_nothing_is_proposed_where_nothing_helps() -> None:
    found = wrong(net("add: {a: [flatten], b: []}", "relu", input=INPUT))
    assert [None] == [hint for *_, hint in found]
    assert [None] == [h for *_, h in wrong(net("add: {a: [max_pool: {kernel: [2, 4]}], b: []}", input=INPUT))]


def test_a_crop_makes_branches_fit() -> None:
    lines = ["conv: {name: small, out: 8, kernel: 5}", "concat: {from: [input, small]}"]
    ((_, _, _, hint),) = wrong(net(*lines, input=INPUT))
    crop, _, _ = (
        (hint or "").replace("NAME", "small").replace("{", "{name: c, from: input, ").partition(" cuts")
    )
    assert [] == codes(net(lines[0], crop, lines[1].replace("input", "c"), input=INPUT))


def test_a_fraction_leads_to_the_size() -> None:
    ((_, _, _, hint),) = wrong(net("upsample: {factor: 1.5}", input=INPUT))
    size = re.findall(r"size: \[.*\]", hint or "")[0]
    assert [] == codes(net(f"upsample: {{{size}}}", input=INPUT))


def test_a_note_says_what_an_expression_came_to() -> None:
    with pytest.raises(ConvcostError) as caught:
        load(net("conv: {out: 8, kernel: 3, groups: in_channels - 1}", input=INPUT))
    assert [("in_channels - 1 is 15 here",)] == [d.notes for d in caught.value.diagnostics]
