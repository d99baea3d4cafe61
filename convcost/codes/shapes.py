"""CC4xx: layers and the shapes they meet."""

from __future__ import annotations

from convcost.codes._entry import Entry, net

CODES: dict[str, Entry] = {
    "CC401": Entry(
        "layer does not fit its input",
        "The layer's fields do not go with the shapes it reads: groups that do not divide the channels, a "
        "kernel larger than its padded input, tensors that cannot be added, an image where a vector is "
        "needed, or an `inplace: true` that would overwrite a tensor that is still needed. Shapes are "
        "channels, then sizes, without the batch.",
        net("conv: {out: 8, kernel: 3, groups: 2}"),
        net("conv: {out: 9, kernel: 3, groups: 3}"),
    ),
    "CC402": Entry(
        "unexpected shape",
        "`expect:` gives the shape of a line's output, and the output has another. ~ matches any size. "
        "When the input is overridden, only the number of dims and the channels are compared.",
        net("conv: {out: 8, kernel: 3, expect: [8, 32, 32]}"),
        net("conv: {out: 8, kernel: 3, padding: half, expect: [8, 32, 32]}"),
    ),
    "CC403": Entry(
        "shortcut does not fit",
        "A residual adds its shortcut to its body, so both must have the same shape. `shortcut: project` "
        "inserts a 1×1 convolution where they differ, `when_same` adds only where they agree.",
        net("residual: [conv: {out: 8, kernel: 1}]"),
        net("residual: {shortcut: project, body: [conv: {out: 8, kernel: 1}]}"),
    ),
    "CC404": Entry(
        "impossible projection",
        "`project` is a 1×1 convolution from a residual's input to the shape of its body, so it belongs "
        "in a shortcut, and some stride must give the body's sizes.",
        net("residual: {shortcut: project, body: [upsample: {factor: 2}]}"),
        net("residual: {shortcut: [upsample: {factor: 2}], body: [upsample: {factor: 2}]}"),
    ),
    "CC405": Entry(
        "size out of bounds",
        "Channels and sizes have at most 18 digits, like all numbers of the language, and the strides up "
        "to a layer multiply to at most 4,096 bits. Repeated doubling gets there quickly: look for a "
        "concat, an upsample or a stride in a `repeat:`.",
        net("concat: {repeat: 80, a: [], b: []}"),
        net("concat: {repeat: 8, a: [], b: []}"),
    ),
    "CC406": Entry(
        "wrong number of inputs",
        "Most layers read one tensor; concat, add, mul and matmul join several, given as branches or by "
        "`from: [a, b]`. A block, a residual and a container with branches read one; the lines inside can "
        "read others with a `from:` of their own.",
        net("relu: {name: a}", "relu: {from: [input, a]}"),
        net("relu: {name: a}", "concat: {from: [input, a]}"),
    ),
    "CC407": Entry(
        "role on a layer that has none",
        "`role:` declares the purpose of a 1×1 convolution where it cannot be inferred; no other layer "
        "has one.",
        net("conv: {out: 2, kernel: 3, role: reduce}"),
        net("conv: {out: 2, kernel: 1, role: mix}"),
    ),
}
