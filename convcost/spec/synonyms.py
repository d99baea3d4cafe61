"""What PyTorch, Keras and papers call things, and what a spec calls them: the tables behind the hints.

Imported only when something is wrong. A test holds every entry to the language: what is
proposed exists, and every line written out here loads.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from convcost.errors import closest, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable


class Written(NamedTuple):
    """What has no op of its own: a sentence, and the lines that say it in a spec."""

    sentence: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.sentence}: {', then '.join(self.lines)}"


_DEPTHWISE = "conv: {out: in_channels, kernel: 3, padding: half, groups: in_channels}"
_GATE = (
    "mul: {x: [], gate: [global_avg_pool, conv: {out: in_channels // 4, kernel: 1, act: relu}, "
    "conv: {out: 4 * in_channels, kernel: 1, act: sigmoid}]}"
)

OPS: dict[str, str] = {
    # Keys are folded: see fold(). Spellings of an op's own name need no entry.
    "batchnorm": "bn",
    "batchnormalization": "bn",
    "syncbatchnorm": "bn",
    "frozenbatchnorm": "bn",
    "ln": "layer_norm",
    "layernormalization": "layer_norm",
    "gn": "group_norm",
    "groupnormalization": "group_norm",
    "in": "instance_norm",
    "instancenormalization": "instance_norm",
    "localresponsenorm": "lrn",
    "convolution": "conv",
    "deconv": "conv_transpose",
    "deconvolution": "conv_transpose",
    "transposedconv": "conv_transpose",
    "transposeconv": "conv_transpose",
    "upconv": "conv_transpose",
    "fc": "linear",
    "dense": "linear",
    "fullyconnected": "linear",
    "innerproduct": "linear",
    "gemm": "linear",
    "maxpooling": "max_pool",
    "avgpooling": "avg_pool",
    "averagepool": "avg_pool",
    "averagepooling": "avg_pool",
    "meanpool": "avg_pool",
    "gap": "global_avg_pool",
    "globalpool": "global_avg_pool",
    "globalavgpooling": "global_avg_pool",
    "globalaveragepool": "global_avg_pool",
    "globalaveragepooling": "global_avg_pool",
    "adaptiveaveragepool": "adaptive_avg_pool",
    "swish": "silu",
    "hswish": "hardswish",
    "hsigmoid": "hardsigmoid",
    "logistic": "sigmoid",
    "lrelu": "leaky_relu",
    "drop": "dropout",
    "spatialdropout": "dropout",
    "cat": "concat",
    "concatenate": "concat",
    "concatenation": "concat",
    "merge": "concat",
    "route": "concat",
    "sum": "add",
    "plus": "add",
    "addition": "add",
    "multiply": "mul",
    "times": "mul",
    "mm": "matmul",
    "bmm": "matmul",
    "dot": "matmul",
    "multiheadattention": "attention",
    "mha": "attention",
    "scaleddotproductattention": "attention",
    "layerscale": "scale",
    "resize": "upsample",
    "interpolate": "upsample",
    "interpolation": "upsample",
    "upsampling": "upsample",
    "upsamplingnearest": "upsample",
    "upsamplingbilinear": "upsample",
    "upscale": "upsample",
    "depthtospace": "pixel_shuffle",
    "zeropad": "pad",
    "zeropadding": "pad",
    "constantpad": "pad",
    "reflectionpad": "pad",
    "replicationpad": "pad",
    "padding": "pad",
    "cropping": "crop",
    "centercrop": "crop",
    "view": "reshape",
    "unflatten": "reshape",
    "transpose": "permute",
    "narrow": "slice",
    "split": "slice",
    "chunk": "slice",
    "shuffle": "channel_shuffle",
    "skip": "residual",
    "shortcut": "residual",
    "resblock": "residual",
    "residualblock": "residual",
    "noop": "identity",
}

LINES: dict[str, Written] = {
    "dwconv": Written("a depthwise convolution has as many groups as channels", (_DEPTHWISE,)),
    "pwconv": Written("a pointwise convolution has kernel 1", ("conv: {out: 64, kernel: 1}",)),
    "sepconv": Written("it is a depthwise convolution and a 1×1", (_DEPTHWISE, "conv: {out: 64, kernel: 1}")),
    "dilatedconv": Written(
        "a convolution has a dilation", ("conv: {out: 64, kernel: 3, padding: half, dilation: 2}",)
    ),
    "groupconv": Written(
        "a convolution has groups", ("conv: {out: 64, kernel: 3, padding: half, groups: 4}",)
    ),
    "conv1x1": Written("the kernel is a field", ("conv: {out: 64, kernel: 1}",)),
    "conv3x3": Written("the kernel is a field", ("conv: {out: 64, kernel: 3, padding: half}",)),
    "globalmaxpool": Written("it is an adaptive pool to one position", ("adaptive_max_pool: {size: 1}",)),
    "se": Written("a gate is a product of two branches", (_GATE,)),
    "glu": Written(
        "it is a product of two halves",
        ("mul: {x: [slice: {stop: in_channels // 2}], gate: [slice: {start: in_channels // 2}, sigmoid]}",),
    ),
}
_SAME_LINES = {
    "dwconv": ("depthwise", "depthwiseconv", "convdw", "dw"),
    "pwconv": ("pointwise", "pointwiseconv", "convpw", "pw"),
    "sepconv": ("separable", "separableconv", "depthwiseseparableconv", "dsconv"),
    "dilatedconv": ("atrousconv", "atrous"),
    "groupconv": ("groupedconv",),
    "globalmaxpool": ("gmp", "globalmaxpooling"),
    "se": ("seblock", "semodule", "selayer", "squeezeexcite", "squeezeexcitation", "squeezeandexcitation"),
}
LINES.update({other: LINES[word] for word, others in _SAME_LINES.items() for other in others})

SENTENCES: dict[str, str] = {
    "rnn": "recurrent layers are not part of the language",
    "lstm": "recurrent layers are not part of the language",
    "gru": "recurrent layers are not part of the language",
    "embedding": "table look-ups are not part of the language",
    "maxunpool": "unpooling is not part of the language; upsample and conv_transpose enlarge a map",
    "unpool": "unpooling is not part of the language; upsample and conv_transpose enlarge a map",
    "pixelunshuffle": "reshape and permute say it, one dim after the other",
    "spacetodepth": "reshape and permute say it, one dim after the other",
    "input": "the input is a key of the spec, as in input: [3, 224, 224]",
    "inputlayer": "the input is a key of the spec, as in input: [3, 224, 224]",
    "output": "the outputs are a key of the spec, as in outputs: [NAME]",
    "sequential": "a list of layers used more than once is a block, under blocks:",
    "block": "a block is used by its own name, declared under blocks:",
    "activation": "an activation is a layer of its own name (relu), or act: on a convolution",
    "norm": "a norm is a layer of its own name (bn), or norm: on a convolution",
    "pool": "a pool is max_pool, avg_pool or global_avg_pool",
    "pooling": "a pool is max_pool, avg_pool or global_avg_pool",
    "droppath": "it costs nothing at inference: leave it out",
    "stochasticdepth": "it costs nothing at inference: leave it out",
}

FIELDS: dict[str, tuple[str, ...]] = {
    # What it may be called here; the first that the op, block or container has is meant.
    "activation": ("act",),
    "nonlinearity": ("act",),
    "actlayer": ("act",),
    "normalization": ("norm",),
    "normlayer": ("norm",),
    "outchannels": ("out",),
    "outputchannels": ("out",),
    "filters": ("out",),
    "channels": ("out",),
    "cout": ("out",),
    "units": ("out",),
    "outfeatures": ("out",),
    "numoutput": ("out",),
    "ksize": ("kernel",),
    "kernelsize": ("kernel",),
    "poolsize": ("kernel",),
    "window": ("kernel",),
    "k": ("kernel",),
    "strides": ("stride",),
    "s": ("stride",),
    "pad": ("padding",),
    "pads": ("padding",),
    "paddings": ("padding", "size"),
    "p": ("rate", "padding"),
    "dilationrate": ("dilation",),
    "dilations": ("dilation",),
    "group": ("groups",),
    "numgroups": ("groups",),
    "g": ("groups",),
    "usebias": ("bias",),
    "biasterm": ("bias",),
    "prob": ("rate",),
    "probability": ("rate",),
    "droprate": ("rate",),
    "dropoutrate": ("rate",),
    "ratio": ("rate",),
    "negativeslope": ("slope",),
    "alpha": ("slope",),
    "outputsize": ("size",),
    "targetsize": ("size",),
    "scale": ("factor",),
    "scalefactor": ("factor",),
    "upscalefactor": ("factor",),
    "interpolation": ("mode",),
    "dim": ("axis",),
    "axes": ("axis", "order"),
    "dims": ("order", "axis"),
    "perm": ("order",),
    "targetshape": ("shape",),
    "numheads": ("heads",),
    "nhead": ("heads",),
    "nheads": ("heads",),
    "begin": ("start",),
    "end": ("stop",),
    "trackrunningstats": ("track",),
    "elementwiseaffine": ("affine",),
    "skip": ("shortcut",),
    "downsample": ("shortcut",),
    "layers": ("body",),
    "main": ("body",),
    "repeats": ("repeat",),
    "times": ("repeat",),
    "n": ("repeat",),
    "number": ("repeat",),
    "numblocks": ("repeat",),
    "numlayers": ("repeat",),
    "input": ("from",),
    "source": ("from",),
    "bottom": ("from",),
    "id": ("name",),
    "label": ("name",),
    "if": ("when",),
    "condition": ("when",),
    "outputshape": ("expect",),
}

INFERRED = "channels going in are never written: leave it out"
FREE = "it changes no cost: leave it out"
UNNEEDED: dict[str, str] = {
    **dict.fromkeys(("inchannels", "infeatures", "inputchannels", "cin", "in", "inputshape"), INFERRED),
    **dict.fromkeys(("numfeatures", "numchannels", "normalizedshape", "numparameters"), INFERRED),
    **dict.fromkeys(("eps", "epsilon", "momentum", "decay", "dtype", "device", "trainable"), FREE),
    **dict.fromkeys(("initializer", "kernelinitializer", "biasinitializer", "weights"), FREE),
    "paddingmode": "put a pad: {size: 1, mode: reflect} before it, and no padding here",
    "axis": "it works along the channels: leave it out",
    "dim": "it works along the channels: leave it out",
    "dataformat": "shapes are channels, then sizes: leave it out",
}

WORDS: dict[str, str] = {
    "zeros": "zero",
    "constant": "zero",
    "reflection": "reflect",
    "replication": "replicate",
    "edge": "replicate",
    "projection": "project",
    "conv": "project",
    "downsample": "project",
    "skip": "identity",
}

NAMES: dict[str, str] = {
    "in": "in_channels",
    "inch": "in_channels",
    "cin": "in_channels",
    "channels": "in_channels",
    "h": "in_height",
    "height": "in_height",
    "w": "in_width",
    "width": "in_width",
    "size": "in_size",
    "i": "index",
    "idx": "index",
    "int": "floor",
    "makedivisible": "divisible",
}


_BY = re.compile(r"\d+(?:[x×X]\d+)+", re.ASCII)
_TUPLE = re.compile(r"\((\s*[\w.]+\s*(?:,\s*[\w.]+\s*)+),?\s*\)", re.ASCII)


def list_hint(text: str) -> str | None:
    """Return how ``3x32x32`` or ``(3, 3)`` is written, None for any other text."""
    items = re.split("[x×X]", text) if _BY.fullmatch(text) else []
    if found := _TUPLE.fullmatch(text):
        items = [item.strip() for item in found[1].split(",")]
    return f"write [{', '.join(items)}]" if items else None


def fold(word: str) -> str:
    """Return what a word's spellings share: ``nn.BatchNorm2d`` and ``batch_norm`` are batchnorm."""
    bare = word.rpartition(".")[2].lower()
    return re.sub(r"[_\-\s]|[123]d", "", bare)


def meant(word: str, table: dict[str, str], known: Iterable[str]) -> str | None:
    """Return the known word that is meant: another spelling, a synonym, or the closest."""
    names = tuple(known)
    folded = fold(word)
    found = next((name for name in names if fold(name) == folded), None) or table.get(folded)
    return found if found in names else closest(word, names)


def op_hint(word: str, known: Iterable[str]) -> str | None:
    """Return what to write for an op the language does not have under this name."""
    names = tuple(known)
    folded = fold(word)
    there = any(fold(name) == folded for name in names)
    if not there and folded in LINES:
        return str(LINES[folded])
    if not there and folded in SENTENCES:
        return SENTENCES[folded]
    return did_you_mean(meant(word, OPS, names))


def field_meant(key: str, known: Iterable[str]) -> str | None:
    """Return the field or key that is meant."""
    names = tuple(known)
    folded = fold(key)
    candidates = (*(name for name in names if fold(name) == folded), *FIELDS.get(folded, ()))
    found = next((name for name in candidates if name in names), None)
    return found or (None if folded in UNNEEDED else closest(key, names))


def field_hint(key: str, known: Iterable[str]) -> str | None:
    """Return what to write for a key that is not known, None where nothing is near."""
    name = field_meant(key, known)
    return did_you_mean(name) if name is not None else UNNEEDED.get(fold(key))
