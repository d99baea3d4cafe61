"""CC3xx: the parts of a spec and the names in it."""

from __future__ import annotations

from convcost.codes._entry import Entry, net

_CONV = "conv: {out: 8, kernel: 3}"

CODES: dict[str, Entry] = {
    "CC301": Entry(
        "missing part",
        "A spec needs `convcost: 1`, a name, an input and layers; a block needs layers; and a network has "
        "at least one layer that is not left out.",
        "convcost: 1\nname: net\nlayers:\n  - relu\n",
        net("relu"),
    ),
    "CC302": Entry(
        "unknown key",
        "The layer, block or part has no field of that name. `convcost ops NAME` lists the fields of an "
        "op. On concat, add, mul and matmul every other key is a branch, whose value is a list of layers.",
        net("conv: {out: 8, kernal: 3}"),
        net(_CONV),
    ),
    "CC303": Entry(
        "unknown op or block",
        "A layer begins with the name of an op or of a block of this spec. `convcost ops` lists all ops.",
        net("convolution: {out: 8, kernel: 3}"),
        net(_CONV),
    ),
    "CC304": Entry(
        "wrong form",
        "A mapping where a list is needed, or the other way round, or an entry that is not a layer. A "
        "layer is a word (`relu`) or a mapping with one key, its op; fields have names. `first:` and "
        "`last:` need a `repeat:` on the same line.",
        net("conv: 8"),
        net(_CONV),
    ),
    "CC305": Entry(
        "missing field or arg",
        "The op or block requires it. Output channels are given, input channels never are. An arg "
        "declared with ~ has no default.",
        net("conv: {out: 8}"),
        net(_CONV),
    ),
    "CC306": Entry(
        "invalid name",
        "Names of layers, blocks and variants consist of letters, digits, _, + and -, with dots only "
        "between levels. Vars and args are used in expressions, so they consist of letters, digits and _, "
        "and may not be words with a meaning there. A block may not have an op's name, and `input` is the "
        "network's input.",
        net("conv: {name: stem/conv, out: 8, kernel: 3}"),
        net("conv: {name: stem.conv, out: 8, kernel: 3}"),
    ),
    "CC307": Entry(
        "duplicate name",
        "Every layer has a name of its own, and a name belongs either to a layer or to a level. With "
        "norm: or act: a conv becomes a level: `stem.conv`, `stem.norm`, `stem.act`.",
        net("relu: {name: a}", "relu: {name: a}"),
        net("relu: {name: a}", "relu: {name: b}"),
    ),
    "CC308": Entry(
        "no such layer",
        "`from:`, `like:` and `outputs:` name earlier lines, looked up in the line's own scope first, "
        "then in the scopes around it. A line left out by `when:` or `repeat: 0` has no name, and no line "
        "reads itself.",
        net("conv: {name: stem, out: 8, kernel: 3}", "relu: {from: stm}"),
        net("conv: {name: stem, out: 8, kernel: 3}", "relu: {from: stem}"),
    ),
    "CC309": Entry(
        "unused result",
        "Nothing reads the layer's output, usually because a `from:` skips it. If it is an output of the "
        "network, name it in `outputs:`; by default the last line is the only output.",
        net("conv: {name: aux, out: 2, kernel: 3}", "relu: {from: input}"),
        net("conv: {name: aux, out: 2, kernel: 3}", "relu: {name: main, from: input}")
        + "outputs: [main, aux]\n",
    ),
    "CC310": Entry(
        "circular definition",
        "Vars that depend on one another in a circle have no value, and a block that uses itself would "
        "never end. Blocks and containers may be nested 48 deep.",
        net("conv: {out: a, kernel: 3}", head="vars: {a: b + 1, b: a - 1}\n"),
        net("conv: {out: a, kernel: 3}", head="vars: {a: b + 1, b: 7}\n"),
    ),
    "CC311": Entry(
        "too many layers",
        "A spec may expand to at most 1,000,000 layers. They are counted before any is made, so that "
        "nested repeats that multiply are refused at once.",
        net("relu: {repeat: 1000000000}"),
        net("relu: {repeat: 10}"),
    ),
    "CC312": Entry(
        "no such variant",
        "The word after the @ is not a variant of the spec. Settings follow after commas: "
        "`resnet@50,classes=10`.",
        net("relu", head="variants: {small: {}}\n"),
        net("relu", head="variants: {small: {}, large: {}}\n"),
        "@large",
    ),
    "CC313": Entry(
        "no such var",
        "`--set` and the settings after an @ override vars that the spec declares; they do not create new "
        "ones. The only other setting is `input`.",
        net("conv: {out: width, kernel: 3}", head="vars: {width: 8}\n"),
        net("conv: {out: channels, kernel: 3}", head="vars: {channels: 8}\n"),
        "@channels=16",
    ),
    "CC315": Entry(
        "not a norm or not an activation",
        "`norm:` takes the name of a normalisation and `act:` that of an activation, or `none`; with "
        "fields, as in `act: {leaky_relu: {slope: 0.1}}`. The value of a var is written $name.",
        net("conv: {out: 8, kernel: 3, act: bn}"),
        net("conv: {out: 8, kernel: 3, norm: bn}"),
    ),
    "CC316": Entry(
        "weights that cannot be shared",
        "`share: NAME` uses the weights of an earlier layer, or of all layers of an earlier level. Both "
        "sides need layers with the same names, ops and channels; sizes may differ, since weights do not "
        "depend on them.",
        net("conv: {name: a, out: 3, kernel: 3}", "conv: {name: b, out: 4, kernel: 3, share: a}"),
        net("conv: {name: a, out: 3, kernel: 3}", "conv: {name: b, out: 3, kernel: 3, share: a}"),
    ),
    "CC317": Entry(
        "suspicious input shape",
        "A warning, not an error. An input is one sample: channels first, then sizes. Four numbers of "
        "which the second is 1 or 3 look like a batch of images; three of which the last is 1 or 3 look "
        "like an image with its channels last. If the shape is what you mean, ignore the warning.",
        net("relu").replace("[3, 32, 32]", "[1, 3, 32, 32]"),
        net("relu"),
    ),
}
