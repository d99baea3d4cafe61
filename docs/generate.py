"""Writes every number in README.md and docs/ by running the program; ``--check`` only compares.

In a page, ``<!-- run: convcost ... -->`` stands before a fenced block: its content becomes
what the command prints, 88 columns wide, or its first or last lines (``| head -16``,
``| tail -8``); ``wrong:`` is a ``run:`` that the program refuses. ``<!-- file: NAME -->``
before a block makes its content a file that later commands of the page can read. Between
``<!-- table: NAME -->`` and ``<!-- end -->`` stands a table made from the code (``TABLES``).
``docs/cli.md``, ``docs/ops.md``, ``docs/diagnostics.md`` and the schema of the language are
written whole.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from convcost.cli._group import COMMANDS
from convcost.cli._warnings import gathered
from convcost.codes import CODES, Entry
from convcost.cost import COUNTERS, DTYPES, FLOPS_PER, METRICS, PER_SAMPLE, Cost
from convcost.errors import ConvcostError
from convcost.ops import INDEX, op_class
from convcost.reductions.roles import roles
from convcost.render.diagnostics import render
from convcost.spec import load_text
from convcost.spec.locate import parse_ref
from convcost.spec.schema import schema
from convcost.spec.syntax import op_fields
from convcost.spec.words import LINE_KEYS, WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = "88"
_BLOCK = re.compile(
    r"(<!-- (run|wrong|file): ([^\n]*?) -->\n)(```[^\n]*\n)(.*?)(^```$)", re.DOTALL | re.MULTILINE
)
_TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

ROLLUPS = {"sum": "sum", "max": "largest", "derived": "from the sums", "none": "–"}
COUNTED = {
    "macs": "multiply-accumulates of conv, conv_transpose, linear, matmul and attention",
    "bias_adds": "additions of a bias, one per output element",
    "normalised": "elements that a norm scales and shifts",
    "statistics": "elements of which a norm takes mean and variance while it runs",
    "activated": "elements put through a non-linear function, a softmax's included",
    "pooled": "window elements a pool looks at; an lrn's as well",
    "added": "element-wise additions of tensors",
    "multiplied": "element-wise multiplications of tensors",
    "taps": "input elements that an interpolation weighs",
    "params": "learnable parameters",
    "buffers": "running statistics, with the step counters",
    "counters": "how many of the buffers are step counters",
    "nonlinearities": "1 for an activation layer",
}
WHY = {
    "macs": "a multiplication and an addition",
    "bias_adds": "an addition",
    "normalised": "scale and shift, mean and variance being folded into them",
    "statistics": "add to the mean; subtract it, square, add to the variance",
    "activated": "one, whatever the function: the cost of an exponential depends on the machine",
    "pooled": "a comparison or an addition",
    "added": "an addition",
    "multiplied": "a multiplication",
    "taps": "weigh and add",
}
FAMILIES = {
    "CC1": "Text and YAML",
    "CC2": "Expressions",
    "CC3": "Structure and names",
    "CC4": "Shapes and layers",
    "CC5": "Transforms",
    "CC6": "Budgets",
    "CC7": "Torch",
    "CC9": "Requests",
}
DIAGNOSTICS = """\
# Diagnostics

Every mistake is reported with a code, a position and the line itself, and often with a hint and notes:

```text
{example}```

A mistake in a block is reported where the block is used: at the argument, or at the line if it is the shapes
that don't fit. The block's own line follows as a note. What is wrong in the block however it is used is
reported in the block. The position in a shipped spec is `resnet (shipped):45:5`; `convcost specs resnet`
prints its text.

All mistakes in a spec are reported at once, on standard error, and the exit code is 2. What is allowed but
probably not meant gets a `warning` and changes nothing else. `convcost validate` only checks specs, with
[`--json`](json.md#validate) as data; from Python mistakes are the `diagnostics` of a
[`ConvcostError`](python_api.md#errors), and a warning is a `ConvcostWarning`. A code keeps its meaning for good,
so it can be searched for and relied upon; the wording may improve. `convcost errors CODE` prints what is said here.
"""


def main() -> int:
    """Write the pages, or with --check name the stale ones; return the exit code."""
    stale = [(path, text) for path, text in pages() if not path.exists() or path.read_text("utf-8") != text]
    check = "--check" in sys.argv[1:]
    for path, text in stale:
        if not check:
            path.write_text(text, "utf-8")
        print(f"{'stale' if check else 'written'}: {path.relative_to(ROOT)}")
    return int(check and bool(stale))


def pages() -> list[tuple[Path, str]]:
    """Return every page with generated parts, and what it ought to say."""
    docs = ROOT / "docs"
    written = {
        docs / "cli.md": cli_page(),
        docs / "ops.md": ops_page(),
        docs / "diagnostics.md": diagnostics_page(),
        ROOT / "convcost" / "schemas" / "spec.schema.json": json.dumps(schema(), indent=2, ensure_ascii=False)
        + "\n",
    }
    sources = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    filled = [(path, fill(path.read_text("utf-8"))) for path in sources if path not in written]
    return [*written.items(), *filled]


def fill(text: str) -> str:
    """Return a page with the content of every marked block and table made anew."""
    text = _TABLE.sub(lambda match: f"{match[1]}{TABLES[match[2]]()}{match[3]}", text)
    with tempfile.TemporaryDirectory() as folder:

        def block(match: re.Match[str]) -> str:
            marker, kind, what, fence, content, end = match.groups()
            if kind == "file":
                Path(folder, what).write_text(content, "utf-8")
                return match.group()
            return f"{marker}{fence}{shown(what, folder, refused=kind == 'wrong')}{end}"

        return _BLOCK.sub(block, text)


def shown(what: str, folder: str, *, refused: bool = False) -> str:
    """Return what a marker's command prints: all of it, or its first or last lines."""
    command, _, part = what.partition(" | ")
    lines = run(shlex.split(command)[1:], folder, refused=refused).splitlines(keepends=True)
    if part:
        end, count = part.split(" -")
        lines = lines[: int(count)] if end == "head" else lines[-int(count) :]
    return "".join(lines)


def run(arguments: list[str], folder: str | Path = ROOT, *, refused: bool = False) -> str:
    """Return what a command prints, its diagnostics last; it is refused where that was said, nowhere else."""
    environment = {k: v for k, v in os.environ.items() if k not in ("FORCE_COLOR", "NO_COLOR")}
    environment |= {"COLUMNS": COLUMNS, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "convcost", *arguments]
    done = subprocess.run(  # noqa: S603  (our own program)
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.returncode not in ((2,) if refused else (0, 1)):
        raise RuntimeError(f"{shlex.join(command)}: {done.stderr}")
    return done.stdout + done.stderr


def cli_page() -> str:
    """Return the page of all commands' help."""
    parts = ["# The command line\n", _fenced(run(["--help"]))]
    for name in COMMANDS:
        parts += [f"## convcost {name}\n", _fenced(run([name, "--help"]))]
    return "\n".join(parts)


def ops_page() -> str:
    """Return the page of all ops, made from their own files."""
    parts = ["# Ops\n", run(["ops", "--format", "markdown"])]
    parts += [run(["ops", name, "--format", "markdown"]) for name in (*sorted(INDEX), *WORDS)]
    return "\n".join(parts)


def diagnostics_page() -> str:
    """Return the page of all diagnostic codes, with what the program says of each wrong spec."""
    parts = [DIAGNOSTICS.format(example=said(CODES["CC202"]))]
    family = ""
    for code, entry in CODES.items():
        if code[:3] != family:
            family = code[:3]
            parts.append(f"## {family}xx: {FAMILIES[family]}\n")
        parts += [f"### {code}: {_escaped(entry.title)}\n", f"{_escaped(entry.explanation)}\n"]
        if entry.wrong:
            asked = f" (loaded as `net.yaml{entry.ref}`)" if entry.ref else ""
            parts += [f"Wrong{asked}:\n", _fenced(entry.wrong), _fenced(said(entry))]
            parts += ["Right:\n", _fenced(entry.right)]
    return "\n".join(parts)


def said(entry: Entry) -> str:
    """Return what the program says of a code's wrong spec."""
    asked = parse_ref(f"net{entry.ref}")
    with gathered() as warned:
        try:
            roles(load_text(entry.wrong.encode(), "net.yaml", asked.variant, dict(asked.sets), asked.input))
        except ConvcostError as error:
            return render(error.diagnostics)
    if warned:
        return render(warned)
    raise ValueError(f"nothing is wrong with {entry.wrong}")


def metrics_table() -> str:
    """Return the metrics: unit, how layers add up, and meaning."""
    rows = [(f"`{m.name}`", m.unit, ROLLUPS[m.rollup], m.doc) for m in METRICS.values()]
    return _table(("metric", "unit", "of several layers", "meaning"), rows)


def counters_table() -> str:
    """Return the raw counters: what they count, and whether they grow with the batch."""
    rows = [(f"`{n}`", COUNTED[n], "× batch" if n in PER_SAMPLE else "once") for n in COUNTERS]
    return _table(("counter", "counts", "in a batch"), rows)


def flops_table() -> str:
    """Return the floating-point operations per unit of each counter, and why so many."""
    rows = [(f"`{name}`", str(per), WHY[name]) for name, per in FLOPS_PER.items()]
    return _table(("counter", "flops each", "because"), rows)


def free_table() -> str:
    """Return the ops all of whose examples cost nothing at all."""
    free = [n for n in sorted(INDEX) if all(case.cost == Cost() for case in op_class(n).cases())]
    return ", ".join(f"`{name}`" for name in free) + ".\n"


def fields_table() -> str:
    """Return the fields of every op, ops that have the same together."""
    together: dict[tuple[str, ...], list[str]] = {}
    for name in sorted(INDEX):
        together.setdefault(op_fields(name), []).append(name)
    found = sorted(together.items(), key=lambda pair: (not pair[0], pair[1]))
    rows = [
        (", ".join(names), " ".join(f"`{field}`" for field in fields) or "none") for fields, names in found
    ]
    return _table(("op", "fields"), rows)


def keys_table() -> str:
    """Return the keys that every line may have."""
    return _table(("key", "what it says"), [(f"`{key}`", word.doc) for key, word in LINE_KEYS.items()])


def dtypes_table() -> str:
    """Return the element types and their sizes."""
    return _table(("dtype", "bytes per element"), [(f"`{d.name}`", str(d.size)) for d in DTYPES.values()])


def decisions_list() -> str:
    """Return the decisions that are written down, by their titles."""
    found = sorted((ROOT / "docs" / "adr").glob("*.md"))
    titles = [path.read_text("utf-8").partition("\n")[0].partition(". ")[2] for path in found]
    return "".join(f"- [{title}](adr/{path.name})\n" for path, title in zip(found, titles, strict=True))


TABLES = {
    "metrics": metrics_table,
    "counters": counters_table,
    "flops": flops_table,
    "free": free_table,
    "fields": fields_table,
    "keys": keys_table,
    "dtypes": dtypes_table,
    "decisions": decisions_list,
}


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [titles, ("---",) * len(titles), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _escaped(text: str) -> str:
    """Return text in which only `code` has a meaning to Markdown."""
    parts = text.split("`")
    parts[::2] = [re.sub(r"([\\*_<\[\]|])", r"\\\1", part) for part in parts[::2]]
    return "`".join(parts)


def _fenced(text: str) -> str:
    return f"```text\n{text}```\n"


if __name__ == "__main__":
    sys.exit(main())
