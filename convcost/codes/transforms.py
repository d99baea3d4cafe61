"""CC5xx: transforms."""

from __future__ import annotations

from convcost.codes._entry import Entry, net

CODES: dict[str, Entry] = {
    "CC501": Entry(
        "a declared role that cannot be",
        "A layer says `role: reduce`, but it cannot be removed: something else reads it, or a reader cannot "
        "take the wide tensor. Leave the role out, and it is found from what stands around the layer.",
        net("conv: {name: a, out: 2, kernel: 1, role: reduce}"),
        net("conv: {name: a, out: 2, kernel: 1, role: reduce}", "conv: {out: 8, kernel: 3}"),
    ),
    "CC502": Entry(
        "no role that can go as well",
        "`--also` removes further 1×1 convolutions by their role, and only some roles can be removed.",
    ),
    "CC503": Entry(
        "nothing matches",
        "`--only` names layers by a glob (* is one level, ** any number), and no 1×1 reduction of the network "
        "has a name that matches. `convcost analyze --layers` lists the names.",
    ),
    "CC504": Entry(
        "a reduction that cannot be inserted or resized",
        "A reduction has either a ratio of more than 1 or a width of at least 1, a multiple of what is asked "
        "for; and the convolution behind it must be one that a 1×1 can stand in front of.",
    ),
    "CC506": Entry(
        "nothing to make convolutional",
        "The network has no fully connected layers behind a flatten and no global pool at its end, or one of "
        "them reads what no convolution could.",
    ),
    "CC507": Entry(
        "the result cannot be written",
        "The file that the transformed spec was to go to cannot be written: a folder that does not exist, or "
        "may not be changed. Without an output the result goes to standard output.",
    ),
    "CC508": Entry(
        "a graph that is no network",
        "A graph made in Python has every name once and before what reads it, shapes that its ops make, and "
        "outputs that exist. Every transform checks that first.",
    ),
}
