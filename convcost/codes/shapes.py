"""CC4xx: layers and the shapes they meet."""

from __future__ import annotations

from convcost.codes._entry import Entry, net

CODES: dict[str, Entry] = {
    "CC401": Entry(
        "a layer that cannot stand here",
        "The layer's fields and the shapes it reads do not go together: groups that do not divide the "
        "channels, a kernel larger than its padded input, tensors that do not add, an image where a vector is "
        "needed, or an `inplace: true` that would destroy something still needed. Shapes are channels, then "
        "sizes; the batch stands apart.",
        net("conv: {out: 8, kernel: 3, groups: 2}"),
        net("conv: {out: 9, kernel: 3, groups: 3}"),
    ),
    "CC402": Entry(
        "another shape than expected",
        "`expect:` states the shape of a line's output, and it is another. ~ matches any size. When the input "
        "is overridden, only the number of dims and the channels are compared.",
        net("conv: {out: 8, kernel: 3, expect: [8, 32, 32]}"),
        net("conv: {out: 8, kernel: 3, padding: half, expect: [8, 32, 32]}"),
    ),
    "CC403": Entry(
        "a shortcut that does not fit",
        "A residual adds its shortcut to its body, so both need one shape. `shortcut: project` puts a 1×1 "
        "convolution where they differ, `when_same` adds only where they agree.",
        net("residual: [conv: {out: 8, kernel: 1}]"),
        net("residual: {shortcut: project, body: [conv: {out: 8, kernel: 1}]}"),
    ),
    "CC404": Entry(
        "a projection that cannot be made",
        "`project` is a 1×1 convolution from a residual's input to the shape of its body, so it stands only in "
        "a shortcut, and there must be a stride that gives the body's sizes.",
        net("residual: {shortcut: project, body: [upsample: {factor: 2}]}"),
        net("residual: {shortcut: [upsample: {factor: 2}], body: [upsample: {factor: 2}]}"),
    ),
    "CC405": Entry(
        "a size past all bounds",
        "Channels and sizes have at most 18 digits, as all numbers of the language, and the strides on the way "
        "to a layer multiply to no more than 4,096 bits. Repeated doubling gets there quickly: look for a "
        "concat, an upsample or a stride in a `repeat:`.",
        net("concat: {repeat: 80, a: [], b: []}"),
        net("concat: {repeat: 8, a: [], b: []}"),
    ),
    "CC406": Entry(
        "the wrong number of inputs",
        "Most layers read one tensor; concat, add, mul and matmul join several, given as branches or by "
        "`from: [a, b]`. A block, a residual and a container with branches read one; the lines within can "
        "read others by a `from:` of their own.",
        net("relu: {name: a}", "relu: {from: [input, a]}"),
        net("relu: {name: a}", "concat: {from: [input, a]}"),
    ),
    "CC407": Entry(
        "a role on what has none",
        "`role:` declares the purpose of a 1×1 convolution where it cannot be found out; no other layer has one.",
        net("conv: {out: 2, kernel: 3, role: reduce}"),
        net("conv: {out: 2, kernel: 1, role: mix}"),
    ),
}
