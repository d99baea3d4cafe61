"""CC7xx: building, verifying, profiling and exporting with torch."""

from __future__ import annotations

from convcost.codes._entry import Entry

CODES: dict[str, Entry] = {
    "CC701": Entry(
        "torch is not installed",
        "Verifying, profiling and exporting run the real network and need torch: pip install "
        "'convcost[torch]'. Everything else works without it.",
    ),
    "CC702": Entry(
        "no such device",
        "Torch finds no device of that kind. Figures for a device do not require having one: `convcost "
        "analyze --device cuda`.",
    ),
    "CC703": Entry(
        "not enough memory",
        "The run would need more memory than is free, as is known before it starts. Use a smaller batch "
        "or input; verifying on the `meta` device needs no memory.",
    ),
    "CC704": Entry(
        "torch cannot run this layer",
        "Torch has no kernel for this layer in this dtype on this device. The analytic figures still hold.",
    ),
    "CC705": Entry(
        "layers of one level are apart",
        "An export nests modules as names nest levels, so the layers of one level must follow one another.",
    ),
    "CC706": Entry(
        "export cannot be written",
        "The file cannot be written: its folder does not exist or is read-only.",
    ),
    "CC707": Entry(
        "channels-last not possible",
        "Torch has a channels-last layout for 2 and 3 spatial dims only. On the CPU it reads out of "
        "bounds in the weight gradient of a strided 1×1 convolution in that layout, so that is not run.",
    ),
    "CC708": Entry(
        "no runs",
        "A time is the median of several runs, so at least one is needed.",
    ),
    "CC709": Entry(
        "no reduction to remove",
        "The network has no 1×1 reduction that can be removed, so there is nothing to compare it with.",
    ),
}
