"""CC1xx: bytes, characters, YAML."""

from __future__ import annotations

from convcost.codes._entry import Entry, net

CODES: dict[str, Entry] = {
    "CC101": Entry(
        "spec not found or not readable",
        "A SPEC with a / in it, or ending in .yaml or .yml, is a path; `-` is standard input; anything "
        "else is the name of a shipped spec. The file does not exist, is a folder or may not be read, or "
        "no spec of that name ships. For a file in the current folder whose name has no ending, write "
        "./name.",
    ),
    "CC102": Entry(
        "not UTF-8",
        "Specs are UTF-8 text, with or without a byte order mark. The file is UTF-16, another encoding, "
        "or not text at all. Most editors can save it as UTF-8.",
    ),
    "CC103": Entry(
        "forbidden character",
        "Control characters, unusual line ends and unpaired surrogates are refused everywhere, escaped "
        "ones too: they would reach terminals and reports. Tabs may separate words, but not indent lines, "
        "where YAML forbids them.",
        net('conv: {name: "st\\e[1mem", out: 8, kernel: 3}'),
        net("conv: {name: stem, out: 8, kernel: 3}"),
    ),
    "CC104": Entry(
        "not YAML",
        "The text breaks a rule of YAML: an unclosed bracket or quote, inconsistent indentation, a "
        "missing value after a colon, or a key that is not a word. The position is where the parser gave "
        "up; the cause may be a little earlier.",
        net("conv: {out: 8, kernel: 3"),
        net("conv: {out: 8, kernel: 3}"),
    ),
    "CC105": Entry(
        "too large or too deeply nested",
        "A spec has at most 1 MiB of text, 32 levels of nesting and 200,000 values, counted with its "
        "aliases expanded. No network needs more; only texts that expand without end do.",
        net("concat: {a: " + "[" * 32 + "]" * 32 + ", b: []}"),
        net("concat: {a: [relu], b: []}"),
    ),
    "CC106": Entry(
        "duplicate key",
        "YAML readers commonly keep the last of two equal keys without a word; here it is an error. The "
        "note gives the position of the first one.",
        net("conv: {out: 8, kernel: 3, out: 16}"),
        net("conv: {out: 16, kernel: 3}"),
    ),
    "CC107": Entry(
        "unsupported YAML",
        "Tags (!!str), merge keys (<<), several documents, and aliases to nothing or to something that "
        "contains them are refused: a spec is one document that means what it shows. Plain anchors and "
        "aliases are fine; blocks with args are usually clearer.",
        net("conv: {out: !!int 8, kernel: 3}"),
        net("conv: {out: 8, kernel: 3}"),
    ),
    "CC108": Entry(
        "a value YAML 1.1 would misread",
        "Some values mean one thing to people and another to YAML 1.1: no, yes, on and off are booleans, "
        "010 is eight, 1:30 is ninety, 1_0 is ten. Floats (1e3, .5, .inf) would not be exact. Write true "
        "or false, plain decimal digits, or put quotes around a word.",
        net("conv: {out: 010, kernel: 3}"),
        net("conv: {out: 10, kernel: 3}"),
    ),
    "CC109": Entry(
        "value cut off by a comma or bracket",
        "Inside { } and [ ] a comma or bracket ends an unquoted value, which leaves half an expression. "
        "Write an index with a dot (depths.0), and quote values that need a comma or a bracket.",
        net("conv: {out: max(8, in_channels), kernel: 3}"),
        net('conv: {out: "max(8, in_channels)", kernel: 3}'),
    ),
    "CC110": Entry(
        "empty spec",
        "The text has nothing but white space and comments. A spec begins with `convcost: 1` and has at "
        "least a name, an input and layers.",
        "# nothing yet\n",
        net("conv: {out: 8, kernel: 3}"),
    ),
}
