"""CC9xx: what is asked for on the command line and from Python."""

from __future__ import annotations

from convcost.codes._entry import Entry

CODES: dict[str, Entry] = {
    "CC900": Entry(
        "unknown dtype or device",
        "The note lists those that are known.",
    ),
    "CC901": Entry(
        "batch below 1",
        "The batch must be at least 1.",
    ),
    "CC902": Entry(
        "dtype torch cannot run",
        "Torch does not run convolutions in this dtype, so there is nothing to measure. Analytic figures "
        "are available in any dtype.",
    ),
    "CC903": Entry(
        "no such op",
        "`convcost ops` lists the ops of the language. Blocks belong to a spec and are not listed.",
    ),
    "CC904": Entry(
        "no such code",
        "`convcost errors` lists the codes of all diagnostics.",
    ),
    "CC905": Entry(
        "not a network",
        "In Python a network is the name of a spec, its path, a mapping with the content of its YAML, or "
        "a Graph.",
    ),
    "CC906": Entry(
        "no such metric",
        "`docs/cost_model.md` lists the metrics.",
    ),
    "CC907": Entry(
        "no such topic",
        "`convcost help` lists the topics: commands and parts of the spec language. Ops and codes are "
        "topics, too.",
    ),
    "CC908": Entry(
        "no such position",
        "A position has one index for each spatial dim of the layer, from 0 up to the dim's size, not included. "
        "`convcost analyze --layers` lists the shapes.",
    ),
}
