"""CC7xx: building, verifying, profiling and exporting with torch."""

from __future__ import annotations

from convcost.codes._entry import Entry

CODES: dict[str, Entry] = {
    "CC701": Entry(
        "torch is not installed",
        "Verifying, profiling and exporting run the real network and need torch: pip install 'convcost[torch]'. "
        "Everything else works without.",
    ),
    "CC702": Entry(
        "no such device",
        "Torch finds no device of that kind. Figures for a device can be computed without having one: "
        "`convcost analyze --device cuda`.",
    ),
    "CC703": Entry(
        "not enough memory",
        "The run would need more memory than is free, known before it starts. Take a smaller batch or input; "
        "verifying on the `meta` device needs none.",
    ),
    "CC704": Entry(
        "torch cannot run this layer so",
        "Torch has no kernel for this layer in this dtype on this device. The analytic figures hold all the same.",
    ),
    "CC705": Entry(
        "layers that make no module of their own",
        "An export nests modules as names nest levels, so the layers of one level have to follow one another.",
    ),
    "CC706": Entry(
        "the export cannot be written",
        "The file cannot be written: a folder that does not exist, or may not be changed.",
    ),
    "CC707": Entry(
        "channels-last does not go here",
        "Torch has a channels-last layout for 2 and 3 spatial dims only, and on the CPU reads out of bounds in "
        "the weight gradient of a strided 1×1 convolution that lies so: that is not run.",
    ),
    "CC708": Entry(
        "no run at all",
        "A time is the median of several runs, so there has to be at least one.",
    ),
    "CC709": Entry(
        "no reduction to remove",
        "The network has no 1×1 reduction that can be removed, so there is nothing to compare it with.",
    ),
}
