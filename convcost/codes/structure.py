"""CC3xx: the parts of a spec and the names in it."""

from __future__ import annotations

from convcost.codes._entry import Entry, net

_CONV = "conv: {out: 8, kernel: 3}"

CODES: dict[str, Entry] = {
    "CC301": Entry(
        "a part is missing",
        "A spec needs `convcost: 1`, name, input and layers; a block needs layers; and a network has at least "
        "one layer that is not left out.",
        "convcost: 1\nname: net\nlayers:\n  - relu\n",
        net("relu"),
    ),
    "CC302": Entry(
        "an unknown key",
        "The layer, block or part has no field of that name. `convcost ops NAME` lists the fields of an op. On "
        "concat, add, mul and matmul every other key is a branch, whose value is a list of layers.",
        net("conv: {out: 8, kernal: 3}"),
        net(_CONV),
    ),
    "CC303": Entry(
        "an unknown op or block",
        "A layer begins with the name of an op or of a block of this spec. `convcost ops` lists all ops.",
        net("convolution: {out: 8, kernel: 3}"),
        net(_CONV),
    ),
    "CC304": Entry(
        "the wrong form",
        "A mapping stands where a list is needed, or the other way round, or an entry has not the form of a "
        "layer. A layer is a word (`relu`) or a mapping with one key, its op; fields have names. `first:` and "
        "`last:` need a `repeat:` beside them.",
        net("conv: 8"),
        net(_CONV),
    ),
    "CC305": Entry(
        "a field or an arg is missing",
        "The op or block cannot do without it. Channels going in are never written, those coming out are. An "
        "arg declared with ~ has no default.",
        net("conv: {out: 8}"),
        net(_CONV),
    ),
    "CC306": Entry(
        "a name that cannot be used",
        "Names of layers, blocks and variants have letters, digits, _, + and -, with dots only between levels. "
        "Vars and args are used in expressions, so they have letters, digits and _, and may not be words that "
        "mean something there. A block may not take an op's name, and `input` is the network's input.",
        net("conv: {name: stem/conv, out: 8, kernel: 3}"),
        net("conv: {name: stem.conv, out: 8, kernel: 3}"),
    ),
    "CC307": Entry(
        "a name twice",
        "Every layer has a name of its own, and a name is either a layer's or a level's. With norm: or act: a "
        "conv becomes a level: `stem.conv`, `stem.norm`, `stem.act`.",
        net("relu: {name: a}", "relu: {name: a}"),
        net("relu: {name: a}", "relu: {name: b}"),
    ),
    "CC308": Entry(
        "no such layer",
        "`from:`, `like:` and `outputs:` name lines that stand earlier, looked up in the line's own scope and "
        "then outward. A line left out by `when:` or `repeat: 0` has no name, and no line reads itself.",
        net("conv: {name: stem, out: 8, kernel: 3}", "relu: {from: stm}"),
        net("conv: {name: stem, out: 8, kernel: 3}", "relu: {from: stem}"),
    ),
    "CC309": Entry(
        "a result nothing uses",
        "A layer's output goes nowhere, which is usually a `from:` that skips it. If it is meant to be an "
        "output, name it in `outputs:`; by default the last line is the only one.",
        net("conv: {name: aux, out: 2, kernel: 3}", "relu: {from: input}"),
        net("conv: {name: aux, out: 2, kernel: 3}", "relu: {name: main, from: input}")
        + "outputs: [main, aux]\n",
    ),
    "CC310": Entry(
        "something that needs itself",
        "Vars that use one another in a circle have no value; a block that uses itself would never end. "
        "Blocks and containers may stand within one another 48 deep.",
        net("conv: {out: a, kernel: 3}", head="vars: {a: b + 1, b: a - 1}\n"),
        net("conv: {out: a, kernel: 3}", head="vars: {a: b + 1, b: 7}\n"),
    ),
    "CC311": Entry(
        "too many layers",
        "A spec may expand to 1,000,000 layers. They are counted before any is made, so that nested repeats "
        "that multiply are refused at once.",
        net("relu: {repeat: 1000000000}"),
        net("relu: {repeat: 10}"),
    ),
    "CC312": Entry(
        "no such variant",
        "The word behind the @ is none of the spec's variants. Settings follow behind commas: "
        "`resnet@50,classes=10`.",
        net("relu", head="variants: {small: {}}\n"),
        net("relu", head="variants: {small: {}, large: {}}\n"),
        "@large",
    ),
    "CC313": Entry(
        "no such var",
        "`--set` and the settings behind an @ override vars that the spec declares; they do not make new "
        "ones. `input` is the one other thing that can be set so.",
        net("conv: {out: width, kernel: 3}", head="vars: {width: 8}\n"),
        net("conv: {out: channels, kernel: 3}", head="vars: {channels: 8}\n"),
        "@channels=16",
    ),
    "CC314": Entry(
        "reserved for later",
        "Free parameter tensors are not part of this version of the language. The word is kept free for them.",
        net("parameter: {shape: [8]}"),
        net(_CONV),
    ),
    "CC315": Entry(
        "not a norm or not an activation",
        "`norm:` takes the name of a normalisation and `act:` that of an activation, or `none`; with fields, as "
        "in `act: {leaky_relu: {slope: 0.1}}`. The value of a var is written $name.",
        net("conv: {out: 8, kernel: 3, act: bn}"),
        net("conv: {out: 8, kernel: 3, norm: bn}"),
    ),
    "CC316": Entry(
        "weights that cannot be shared",
        "`share: NAME` uses the weights of an earlier layer, or of all layers of an earlier level. Both sides need "
        "layers of the same names, ops and channels: sizes may differ, since weights do not depend on them.",
        net("conv: {name: a, out: 3, kernel: 3}", "conv: {name: b, out: 4, kernel: 3, share: a}"),
        net("conv: {name: a, out: 3, kernel: 3}", "conv: {name: b, out: 3, kernel: 3, share: a}"),
    ),
    "CC317": Entry(
        "an input that looks like something else",
        "A warning, not an error. An input is one sample: channels first, then sizes. Four numbers of which the "
        "second is 1 or 3 look like a batch of images, three of which the last is 1 or 3 like an image with its "
        "channels last. If the shape is meant as it is written, nothing is wrong.",
        net("relu").replace("[3, 32, 32]", "[1, 3, 32, 32]"),
        net("relu"),
    ),
}
