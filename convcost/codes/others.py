"""CC5xx to CC9xx: transforms, budgets, torch, requests."""

from __future__ import annotations

from convcost.codes._entry import Code, net

CODES: dict[str, Code] = {
    "CC501": Code(
        "a declared role that cannot be",
        "A layer says `role: reduce`, but it cannot be removed: something else reads it, or a reader cannot "
        "take the wide tensor. Leave the role out, and it is found from what stands around the layer.",
        net("conv: {name: a, out: 2, kernel: 1, role: reduce}"),
        net("conv: {name: a, out: 2, kernel: 1, role: reduce}", "conv: {out: 8, kernel: 3}"),
    ),
    "CC502": Code(
        "no role that can go as well",
        "`--also` removes further 1×1 convolutions by their role, and only some roles can be removed.",
    ),
    "CC503": Code(
        "nothing matches",
        "`--only` names layers by a glob (* is one level, ** any number), and no 1×1 reduction of the network "
        "has a name that matches. `convcost analyze --layers` lists the names.",
    ),
    "CC504": Code(
        "a reduction that cannot be inserted or resized",
        "A reduction has either a ratio of more than 1 or a width of at least 1, a multiple of what is asked "
        "for; and the convolution behind it must be one that a 1×1 can stand in front of.",
    ),
    "CC506": Code(
        "nothing to make convolutional",
        "The network has no fully connected layers behind a flatten and no global pool at its end, or one of "
        "them reads what no convolution could.",
    ),
    "CC507": Code(
        "the result cannot be written",
        "The file that the transformed spec was to go to cannot be written: a folder that does not exist, or "
        "may not be changed. Without an output the result goes to standard output.",
    ),
    "CC601": Code(
        "no budget",
        "There is nothing to check: no budget file was given or found, it is empty, or the specs have no "
        "`budget:` of their own.",
    ),
    "CC602": Code(
        "a budget file of the wrong form",
        "A budget file is a mapping with its version, `convcost_budget: 1`, and a list of rules under "
        "`budgets:`; a rule says which specs and metrics it limits.",
    ),
    "CC603": Code(
        "an unknown key in a budget",
        "Budget files have few keys, and a misspelt one would silently limit nothing, so it is an error.",
    ),
    "CC604": Code(
        "an unknown word in a budget",
        "The metric, dtype, severity or rule of that name does not exist. The hint names the closest, or all.",
    ),
    "CC605": Code(
        "a limit that cannot be read",
        "Counts are written 4.2G, bytes 12 MiB or 12 MB (with a unit, since a plain number does not say which), "
        "increases +2%, ratios 1.5x.",
    ),
    "CC606": Code(
        "two rules of one name",
        "A rule's id tells it apart in reports and on the command line, so it is given once.",
    ),
    "CC607": Code(
        "a rule that cannot be checked",
        "The rule contradicts itself, or limits an increase where there is no baseline to compare with.",
    ),
    "CC608": Code(
        "a budget without its spec",
        "The path or name of the rule's specs matches nothing. A glob that matches nothing passes in silence "
        "elsewhere; here it is an error, since the network it was written for has gone.",
    ),
    "CC609": Code(
        "a baseline that cannot be had",
        "The baseline is git:REF, file:results.json or spec:old.yaml. It cannot be read, or was made under "
        "other settings than the rule asks for. In a shallow clone, fetch the branch first.",
    ),
    "CC610": Code(
        "the file is there already",
        "A budget file is not overwritten by accident: tighten its limits, or write it anew with --force.",
    ),
    "CC701": Code(
        "torch is not installed",
        "Verifying, profiling and exporting run the real network and need torch: pip install 'convcost[torch]'. "
        "Everything else works without.",
    ),
    "CC702": Code(
        "no such device",
        "Torch finds no device of that kind. Figures for a device can be computed without having one: "
        "`convcost analyze --device cuda`.",
    ),
    "CC703": Code(
        "not enough memory",
        "The run would need more memory than is free, known before it starts. Take a smaller batch or input; "
        "verifying on the `meta` device needs none.",
    ),
    "CC704": Code(
        "torch cannot run this layer so",
        "Torch has no kernel for this layer in this dtype on this device. The analytic figures hold all the same.",
    ),
    "CC705": Code(
        "layers that make no module of their own",
        "An export nests modules as names nest levels, so the layers of one level have to follow one another.",
    ),
    "CC706": Code(
        "the export cannot be written",
        "The file cannot be written: a folder that does not exist, or may not be changed.",
    ),
    "CC707": Code(
        "channels-last does not go here",
        "Torch has a channels-last layout for 2 and 3 spatial dims only, and on the CPU reads out of bounds in "
        "the weight gradient of a strided 1×1 convolution that lies so: that is not run.",
    ),
    "CC708": Code(
        "no run at all",
        "A time is the median of several runs, so there has to be at least one.",
    ),
    "CC709": Code(
        "no reduction to remove",
        "The network has no 1×1 reduction that can be removed, so there is nothing to compare it with.",
    ),
    "CC900": Code(
        "an unknown dtype or device",
        "The note lists those that are known.",
    ),
    "CC901": Code(
        "a batch of nothing",
        "A batch has at least one sample.",
    ),
    "CC902": Code(
        "a dtype torch cannot run",
        "Torch does not run convolutions in this dtype, so there is nothing to measure. Analytic figures can be "
        "had in any dtype.",
    ),
    "CC903": Code(
        "no such op",
        "`convcost ops` lists the ops of the language. Blocks are a spec's own and not listed.",
    ),
    "CC904": Code(
        "no such code",
        "`convcost errors` lists all codes a diagnostic may have.",
    ),
    "CC905": Code(
        "not a network",
        "From Python a network is the name of a spec, its path, a mapping that says what its YAML would, or a Graph.",
    ),
    "CC906": Code(
        "no such metric",
        "`docs/cost_model.md` lists the metrics.",
    ),
    "CC907": Code(
        "no such topic",
        "`convcost help` lists the topics: commands, and parts of the spec language. Ops and codes are topics, too.",
    ),
}
