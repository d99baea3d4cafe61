"""CC5xx: transforms."""

from __future__ import annotations

from convcost.codes._entry import Entry, net

CODES: dict[str, Entry] = {
    "CC501": Entry(
        "impossible role",
        "A layer says `role: reduce`, but it cannot be removed: something else reads its output, or a "
        "reader cannot take the wide tensor. Leave the role out, and it is inferred from the layers "
        "around it.",
        net("conv: {name: a, out: 2, kernel: 1, role: reduce}"),
        net("conv: {name: a, out: 2, kernel: 1, role: reduce}", "conv: {out: 8, kernel: 3}"),
    ),
    "CC502": Entry(
        "role that cannot be removed",
        "`--also` removes further 1×1 convolutions by their role, and only some roles can be removed.",
    ),
    "CC503": Entry(
        "no match",
        "`--only` selects layers by a glob (* is one level, ** any number), and no 1×1 reduction of the "
        "network has a matching name. `convcost analyze --layers` lists the names.",
    ),
    "CC504": Entry(
        "reduction cannot be inserted or resized",
        "A reduction has either a ratio greater than 1 or a width of at least 1, a multiple of the number "
        "asked for; and the convolution after it must be one that a 1×1 can precede.",
    ),
    "CC506": Entry(
        "nothing to make convolutional",
        "The network has no fully connected layers after a flatten and no global pool at its end, or one "
        "of them reads what no convolution could.",
    ),
    "CC507": Entry(
        "result cannot be written",
        "The output file cannot be written: its folder does not exist or is read-only. Without an output "
        "file the result goes to standard output.",
    ),
    "CC508": Entry(
        "a graph that is no network",
        "A graph made in Python has every name once and before what reads it, shapes that its ops make, and "
        "outputs that exist. Every transform checks that first.",
    ),
}
