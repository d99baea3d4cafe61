"""What a spec may say besides its ops and their fields: the keys of every line, and containers.

One sentence and one example each, for ``convcost ops``, ``convcost help``, the JSON Schema and
the language page; tests hold the keys to the reader's own list and load every example.
"""

from __future__ import annotations

from typing import NamedTuple

_CONV = "- conv: {out: 8, kernel: 3, padding: half"


class Word(NamedTuple):
    """A word: what it says, layers as an example, and the language page's section about it."""

    doc: str
    example: str
    section: str


LINE_KEYS: dict[str, Word] = {
    "name": Word("the layer's name; dots make levels", f"{_CONV}, name: stem.conv1}}", "Names of layers"),
    "from": Word(
        "the layer or layers it reads, instead of the line before",
        f"{_CONV}, name: a}}\n- relu: {{from: input}}\n- concat: {{from: [a, relu1]}}",
        "From and outputs",
    ),
    "repeat": Word(
        "how often it is repeated, each repeat reading the one before; 0 leaves it out",
        f"{_CONV}, repeat: 3}}",
        "On every line",
    ),
    "first": Word(
        "fields of the first repeat", f"{_CONV}, repeat: 3, first: {{stride: 2}}}}", "On every line"
    ),
    "last": Word(
        "fields of the last repeat, which win over those of `first`",
        f"{_CONV}, repeat: 3, last: {{out: 16}}}}",
        "On every line",
    ),
    "when": Word(
        "a condition, which may use `in_*` of the line's own input; false leaves the line out",
        "- conv: {out: 8, kernel: 1, when: in_channels > 8}\n- relu",
        "On every line",
    ),
    "expect": Word(
        "the shape its output must have; `~` matches any size",
        f"{_CONV}, expect: [8, ~, ~]}}",
        "On every line",
    ),
    "role": Word(
        "the purpose of a 1×1 convolution, where another than the one found is meant",
        "- conv: {out: 8, kernel: 1, role: mix}",
        "On every line",
    ),
    "share": Word(
        "the earlier layer or level whose weights it uses",
        "- conv: {name: a, out: in_channels, kernel: 1}\n"
        "- conv: {name: b, out: in_channels, kernel: 1, share: a}",
        "Shared weights and free tensors",
    ),
}

CONTAINERS: dict[str, Word] = {
    "residual": Word(
        "adds a shortcut to what its body computes: `body` is a list of layers, `shortcut` is identity, "
        "project, when_same or a list of layers, `inplace` lets the addition overwrite the body's output",
        "- residual:\n    - conv: {out: in_channels, kernel: 3, padding: half}\n"
        "- residual: {shortcut: project, body: [conv: {out: 8, kernel: 3, padding: half, stride: 2}]}",
        "Residuals",
    ),
    "project": Word(
        "a 1×1 convolution to the shape of a residual's body; nothing where the shapes agree already",
        "- residual:\n    shortcut: [avg_pool: {kernel: 2}, project]\n"
        "    body: [conv: {out: 8, kernel: 3, padding: half, stride: 2}]",
        "Residuals",
    ),
    "none": Word(
        "a norm, an activation or a layer that is not there, useful as the value of a var",
        "- none\n- conv: {out: 8, kernel: 1, norm: none}",
        "Layers",
    ),
}

EXTRAS: dict[str, Word] = {
    "norm": Word(
        "the norm after a conv, conv_transpose or linear: its name, or a mapping where it needs fields; "
        "the bias is then off unless `bias: true` says otherwise",
        "- conv: {out: 8, kernel: 3, norm: bn}\n- conv: {out: 8, kernel: 3, norm: {group_norm: {groups: 4}}}",
        "Layers",
    ),
    "act": Word(
        "the activation after a conv, conv_transpose or linear (and its norm): its name, or a mapping where it "
        "needs fields; it works in place where that is legal",
        "- conv: {out: 8, kernel: 3, act: relu}\n- conv: {out: 8, kernel: 3, act: {leaky_relu: {slope: 0.1}}}",
        "Layers",
    ),
    "like": Word(
        "a layer of which only the size is taken",
        "- max_pool: {kernel: 2}\n- upsample: {like: input}",
        "From and outputs",
    ),
    "branches": Word(
        "lists of layers that `concat`, `add`, `mul` and `matmul` join, under names or in a list; "
        "`[]` is the tensor itself",
        "- concat: {a: [], b: [conv: {out: 8, kernel: 1}]}\n- add: [[], [conv: {out: in_channels, kernel: 1}]]",
        "Branches",
    ),
}

WORDS: dict[str, Word] = {**CONTAINERS, **LINE_KEYS, **EXTRAS}
