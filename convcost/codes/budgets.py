"""CC6xx: budgets and baselines."""

from __future__ import annotations

from convcost.codes._entry import Entry

CODES: dict[str, Entry] = {
    "CC601": Entry(
        "no budget",
        "There is nothing to check: no budget file was given or found, it is empty, or the specs have no "
        "`budget:` of their own.",
    ),
    "CC602": Entry(
        "a budget file of the wrong form",
        "A budget file is a mapping with its version, `convcost_budget: 1`, and a list of rules under "
        "`budgets:`; a rule says which specs and metrics it limits.",
    ),
    "CC603": Entry(
        "an unknown key in a budget",
        "Budget files have few keys, and a misspelt one would silently limit nothing, so it is an error.",
    ),
    "CC604": Entry(
        "an unknown word in a budget",
        "The metric, dtype, severity or rule of that name does not exist. The hint names the closest, or all.",
    ),
    "CC605": Entry(
        "a limit that cannot be read",
        "Counts are written 4.2G, bytes 12 MiB or 12 MB (with a unit, since a plain number does not say which), "
        "increases +2%, ratios 1.5x.",
    ),
    "CC606": Entry(
        "two rules of one name",
        "A rule's id tells it apart in reports and on the command line, so it is given once.",
    ),
    "CC607": Entry(
        "a rule that cannot be checked",
        "The rule contradicts itself, or limits an increase where there is no baseline to compare with.",
    ),
    "CC608": Entry(
        "a budget without its spec",
        "The path or name of the rule's specs matches nothing. A glob that matches nothing passes in silence "
        "elsewhere; here it is an error, since the network it was written for is missing.",
    ),
    "CC609": Entry(
        "a baseline that cannot be had",
        "The baseline is git:REF, file:results.json or spec:old.yaml. It cannot be read, or was made under "
        "other settings than the rule asks for. In a shallow clone, fetch the branch first.",
    ),
    "CC610": Entry(
        "the file is there already",
        "A budget file is not overwritten by accident: tighten its limits, or write it anew with --force.",
    ),
}
