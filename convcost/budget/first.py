"""A first budget file: every network at today's cost plus a margin, and no growth unseen."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from convcost.budget.files import leaves, matching
from convcost.budget.model import VERSION
from convcost.cost import METRICS
from convcost.spec.quoting import quoted
from convcost.units import ceiling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from convcost.report import Report
    from convcost.units import Exact

LIMITED = ("macs", "params", "peak_bytes")
_SKIPPED = frozenset({"node_modules", "venv", "build", "dist", "site-packages"})


def find_specs(folder: str) -> list[str]:
    """Return the specs in a folder and below, as relative paths: YAML that begins like one."""
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED)
        for file in sorted(files):
            path = os.path.join(place, file)
            if file.endswith((".yaml", ".yml")) and _is_spec(path):
                found.append(os.path.relpath(path, folder).replace(os.sep, "/"))
    return found


def _is_spec(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            lines = file.read(4096).splitlines()
    except OSError:
        return False
    return any(line.startswith(b"convcost:") for line in lines)


def as_globs(specs: Sequence[str], folder: str) -> list[str]:
    """Return specs as globs, one for a folder's: where it finds them, and nothing else."""
    patterns: dict[str, None] = {}
    for spec in specs:
        inside, name = os.path.split(spec)
        glob = f"{inside}/*{os.path.splitext(name)[1]}"
        found = set() if not inside or leaves(glob, folder) else set(matching(glob, folder))
        patterns[glob if spec in found and found <= set(specs) else spec] = None
    return list(patterns)


def first_budget(
    reports: Mapping[tuple[str, str | None], Report],
    patterns: Iterable[str],
    margin: tuple[Exact, str],
    ref: str | None,
) -> str:
    """Return a budget file's text.

    ``reports`` are the networks by spec and variant, ``patterns`` what finds their specs,
    ``margin`` a share and how it was written. With the ``ref`` of a repository, growth is
    held against it.
    """
    names = _names(list(dict.fromkeys(spec for spec, _ in reports)))
    lines = [f"convcost_budget: {VERSION}", f"specs: [{', '.join(map(quoted, patterns))}]"]
    lines += _growth(ref, margin[1])
    for (spec, variant), report in reports.items():
        name = names[spec] + (f"-{_identifier(variant)}" if variant is not None else "")
        where = f"specs: [{quoted(spec)}]" + (f", variant: {quoted(variant)}" if variant is not None else "")
        for metric in LIMITED:
            today = report.totals.metric(metric)
            limit = ceiling(today + today * margin[0], METRICS[metric].unit)
            lines.append(f"  - {{id: {name}-{metric}, {where}, metric: {metric}, max: {limit}}}")
    return "\n".join(lines) + "\n"


def _growth(ref: str | None, margin: str) -> list[str]:
    """Return the lines about the baseline, down to the first rule."""
    if ref is None:
        return [
            "# a relative limit needs a baseline:",
            '# baseline: {source: "git:origin/main", on_missing: warn}',
            "budgets:",
        ]
    return [
        f"baseline: {{source: {quoted(f'git:{ref}')}, on_missing: warn}}",
        "budgets:",
        f"  - {{id: growth, metric: macs, max_increase: +{margin}}}",
    ]


def _names(specs: Sequence[str]) -> dict[str, str]:
    """Return a short name for each spec: the file's, or its path where two files share one."""
    stems = [_identifier(os.path.splitext(os.path.basename(spec))[0]) for spec in specs]
    return {
        spec: stem if stems.count(stem) == 1 else _identifier(os.path.splitext(spec)[0])
        for spec, stem in zip(specs, stems, strict=True)
    }


def _identifier(text: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "_-./") else "-" for c in text)
