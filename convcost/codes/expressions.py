"""CC2xx: expressions and values."""

from __future__ import annotations

from convcost.codes._entry import Entry, net

CODES: dict[str, Entry] = {
    "CC201": Entry(
        "not an expression",
        "What stands here cannot be read as an expression: a bracket that is not closed, an operator without "
        "its number, a symbol that means nothing. There is no power (multiply), and two comparisons are "
        "joined with `and`. Expressions have at most 1,000 characters and 20 levels of brackets.",
        net("conv: {out: 4 * (8 + 1, kernel: 3}".replace("(8 + 1", "8 +")),
        net("conv: {out: 4 * 8, kernel: 3}"),
    ),
    "CC202": Entry(
        "an unknown name",
        "A name in an expression is a var, an arg of the block, in_channels, in_size, in_height, in_width, or "
        "index in a repeated line. Functions are len, min, max, floor, ceil, round, ceil_div and divisible. "
        "A block sees the vars and its own args, not those of the block that uses it.",
        net("conv: {out: widht, kernel: 3}", head="vars: {width: 8}\n"),
        net("conv: {out: width, kernel: 3}", head="vars: {width: 8}\n"),
    ),
    "CC203": Entry(
        "a value of the wrong kind",
        "A number stands where a word or a condition is needed, or the other way round, or a list where one "
        "value is. Conditions are true or false, never numbers: write `depth > 3`.",
        net("conv: {out: 8, kernel: 3, bias: 0}"),
        net("conv: {out: 8, kernel: 3, bias: false}"),
    ),
    "CC204": Entry(
        "a calculation that cannot be done",
        "A division by zero, an index past the end of a list, an empty list's minimum, or a number of more "
        "than 18 digits. Values are exact; nothing is rounded or wraps around.",
        net("conv: {out: widths.3, kernel: 3}", head="vars: {widths: [8, 16, 32]}\n"),
        net("conv: {out: widths.2, kernel: 3}", head="vars: {widths: [8, 16, 32]}\n"),
    ),
    "CC205": Entry(
        "not an integer",
        "Channels, sizes and counts are integers, and a fraction is never cut off silently. Use // for the "
        "floor of a division, or floor, ceil, round or divisible.",
        net("conv: {out: 0.75 * 6, kernel: 3}"),
        net("conv: {out: floor(0.75 * 6), kernel: 3}"),
    ),
    "CC206": Entry(
        "out of range",
        "The number is smaller or larger than the field allows: sizes, channels and strides are at least 1, a "
        "rate lies between 0 and 1. If it was computed, the expression gives another value than meant.",
        net("conv: {out: 8, kernel: 3, stride: 0}"),
        net("conv: {out: 8, kernel: 3, stride: 1}"),
    ),
    "CC207": Entry(
        "not one of the words",
        "The field takes one of a few words, and this is none of them. In a word field a bare name is the "
        "word itself; the value of a var is written $name.",
        net("conv: {out: 8, kernel: 3, padding: p}", head="vars: {p: full}\n"),
        net("conv: {out: 8, kernel: 3, padding: p}", head="vars: {p: half}\n"),
    ),
}
