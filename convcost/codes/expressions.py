"""CC2xx: expressions and values."""

from __future__ import annotations

from convcost.codes._entry import Entry, net

CODES: dict[str, Entry] = {
    "CC201": Entry(
        "not an expression",
        "This cannot be read as an expression: an unclosed bracket, an operator without its operand, a "
        "symbol without a meaning. Two comparisons are "
        "joined with `and`. Expressions have at most 1,000 characters and 20 levels of brackets.",
        net("conv: {out: 4 * (8 + 1, kernel: 3}".replace("(8 + 1", "8 +")),
        net("conv: {out: 4 * 8, kernel: 3}"),
    ),
    "CC202": Entry(
        "unknown name",
        "A name in an expression is a var, an arg of the block, in_channels, in_size, in_height, "
        "in_width, or index in a repeated line. The functions are len, min, max, floor, ceil, round, "
        "ceil_div and divisible. A block sees the vars and its own args, not those of the block that uses "
        "it.",
        net("conv: {out: widht, kernel: 3}", head="vars: {width: 8}\n"),
        net("conv: {out: width, kernel: 3}", head="vars: {width: 8}\n"),
    ),
    "CC203": Entry(
        "wrong type of value",
        "A number where a word or a condition is needed, or the other way round, or a list where a single "
        "value is. Conditions are true or false, never numbers: write `depth > 3`.",
        net("conv: {out: 8, kernel: 3, bias: 0}"),
        net("conv: {out: 8, kernel: 3, bias: false}"),
    ),
    "CC204": Entry(
        "arithmetic error",
        "Division by zero, an index past the end of a list, the minimum of an empty list, or a number of "
        "more than 18 digits. Values are exact; nothing is rounded or wraps around.",
        net("conv: {out: widths.3, kernel: 3}", head="vars: {widths: [8, 16, 32]}\n"),
        net("conv: {out: widths.2, kernel: 3}", head="vars: {widths: [8, 16, 32]}\n"),
    ),
    "CC205": Entry(
        "not an integer",
        "Channels, sizes and counts are integers, and a fraction is never truncated silently. Use // for "
        "floor division, or floor, ceil, round or divisible.",
        net("conv: {out: 0.75 * 6, kernel: 3}"),
        net("conv: {out: floor(0.75 * 6), kernel: 3}"),
    ),
    "CC206": Entry(
        "out of range",
        "The number is smaller or larger than the field allows: sizes, channels and strides are at least "
        "1, and a rate is between 0 and 1. If the number was computed, the expression gives another value "
        "than intended.",
        net("conv: {out: 8, kernel: 3, stride: 0}"),
        net("conv: {out: 8, kernel: 3, stride: 1}"),
    ),
    "CC207": Entry(
        "unknown option",
        "The field takes one of a few words, and this is not one of them. In such a field a bare name is "
        "the word itself; the value of a var is written $name.",
        net("conv: {out: 8, kernel: 3, padding: p}", head="vars: {p: full}\n"),
        net("conv: {out: 8, kernel: 3, padding: p}", head="vars: {p: half}\n"),
    ),
}
