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
        "malformed budget file",
        "A budget file is a mapping with its version, `convcost_budget: 1`, and a list of rules under "
        "`budgets:`; each rule says which specs and metrics it limits.",
    ),
    "CC603": Entry(
        "unknown key in a budget",
        "A misspelt key would limit nothing without a word, so it is an error.",
    ),
    "CC604": Entry(
        "unknown word in a budget",
        "There is no metric, dtype, severity or rule of that name. The hint gives the closest, or lists all.",
    ),
    "CC605": Entry(
        "unreadable limit",
        "Counts are written 4.2G, bytes 12 MiB or 12 MB (a plain number would leave the unit open), "
        "increases +2%, ratios 1.5x.",
    ),
    "CC606": Entry(
        "duplicate rule id",
        "A rule's id identifies it in reports and on the command line, so it must be unique.",
    ),
    "CC607": Entry(
        "rule that cannot be checked",
        "The rule contradicts itself, or limits an increase where there is no baseline to compare with.",
    ),
    "CC608": Entry(
        "budget without a spec",
        "The path or name of the rule's specs matches nothing. Elsewhere a glob that matches nothing "
        "passes; here it is an error, since the network it was written for is gone.",
    ),
    "CC609": Entry(
        "baseline not available",
        "The baseline is git:REF, file:results.json or spec:old.yaml. It cannot be read, or was made "
        "under other settings than the rule asks for. In a shallow clone, fetch the branch first.",
    ),
    "CC610": Entry(
        "file exists",
        "A budget file is not overwritten by accident: tighten its limits, or rewrite it with --force.",
    ),
}
