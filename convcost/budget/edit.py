"""Writing budget files: a first one at today's cost, and limits brought down to it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from convcost.budget.model import VERSION
from convcost.units import BINARY, COUNTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from convcost.budget.model import Budget, Limit, Rule
    from convcost.budget.result import Result
    from convcost.budget.verdict import Verdict
    from convcost.errors import Loc
    from convcost.report import Report
    from convcost.units import Exact

INIT_METRICS = ("macs", "params", "peak_bytes")
_DIGITS = 4
_SKIPPED = frozenset({"node_modules", "venv", "build", "dist", "site-packages"})


def ceiling(value: Exact, unit: str) -> str:
    """Return the least quantity of four digits that is no less than a value of counts or bytes."""
    whole = int(-(-value // 1))
    sizes = BINARY if unit == "bytes" else {} if unit == "pixels" else COUNTS
    fitting = [(name, size) for name, size in sizes.items() if size > 1 and whole >= size]
    if not fitting:
        return f"{whole} B" if unit == "bytes" else str(whole)
    name, size = fitting[-1]
    decimals = max(0, _DIGITS - len(str(whole // size)))
    scaled = -(-whole * 10**decimals // size)
    digits = str(scaled).rjust(decimals + 1, "0")
    number = digits[:-decimals] + "." + digits[-decimals:] if decimals else digits
    number = number.rstrip("0").rstrip(".") if decimals else number
    return f"{number} {name}" if unit == "bytes" else f"{number}{name}"


def with_margin(value: Exact, margin: Exact) -> Exact:
    """Return a value plus a share of it."""
    return value + value * margin


# --- init --------------------------------------------------------------------------------


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


def first_budget(reports: Mapping[tuple[str, str | None], Report], margin: Exact) -> str:
    """Return a budget file's text: every spec (and variant) at today's cost plus a margin."""
    specs = list(dict.fromkeys(spec for spec, _ in reports))
    names = _names(specs)
    lines = [
        f"convcost_budget: {VERSION}",
        f"specs: [{', '.join(map(quoted, specs))}]",
        "# a relative limit needs a baseline:",
        '# baseline: {source: "git:origin/main", on_missing: warn}',
        "budgets:",
    ]
    for (spec, variant), report in reports.items():
        name = names[spec] + (f"-{_identifier(variant)}" if variant is not None else "")
        where = f"specs: [{quoted(spec)}]" + (f", variant: {quoted(variant)}" if variant is not None else "")
        for metric in INIT_METRICS:
            unit = "bytes" if metric.endswith("_bytes") else "count"
            limit = ceiling(with_margin(report.totals.metric(metric), margin), unit)
            lines.append(f"  - {{id: {name}-{metric}, {where}, metric: {metric}, max: {limit}}}")
    return "\n".join(lines) + "\n"


def _names(specs: Sequence[str]) -> dict[str, str]:
    """Return a short name for each spec: the file's, or its path where two files share one."""
    stems = [_identifier(os.path.splitext(os.path.basename(spec))[0]) for spec in specs]
    return {
        spec: stem if stems.count(stem) == 1 else _identifier(os.path.splitext(spec)[0])
        for spec, stem in zip(specs, stems, strict=True)
    }


def _identifier(text: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "_-./") else "-" for c in text)


def quoted(text: str) -> str:
    """Return a text as a YAML value inside brackets."""
    if text.replace("/", "").replace(".", "").replace("_", "").replace("-", "").isalnum() and text.isascii():
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


# --- tighten -----------------------------------------------------------------------------


class Tightened(NamedTuple):
    """A limit that came down."""

    rule: str
    key: str
    old: str
    new: str


def tighten(budget: Budget, result: Result, margin: Exact) -> tuple[str, list[Tightened]]:
    """Return the budget file's text with each ``max`` at today's cost plus a margin.

    No limit is raised. A ``warn`` left above its ``max`` comes down as well, to half the margin.
    """
    edits: dict[Loc, tuple[Exact, str]] = {}
    done: list[Tightened] = []
    for rule in budget.rules:
        today = _today(rule, result.verdicts)
        if rule.max is None or today is None or rule.unit == "ratio":
            continue
        top = _lower(rule.max, today, margin, rule, edits)
        if top is None:
            continue
        done.append(Tightened(rule.id, "max", rule.max.text, top[1]))
        if rule.warn is not None and rule.warn.value > top[0]:
            low = _lower(rule.warn, today, _half(margin), rule, edits)
            if low is not None:
                done.append(Tightened(rule.id, "warn", rule.warn.text, low[1]))
    return _edited(budget.source.text, {loc: text for loc, (_, text) in edits.items()}), done


def _half(share: Exact) -> Exact:
    from fractions import Fraction

    return Fraction(share, 2)


def _today(rule: Rule, verdicts: Iterable[Verdict]) -> Exact | None:
    """Return the most a rule's networks and layers cost today."""
    values = [v.value.value for v in verdicts if v.rule is rule and v.key == "max" and v.value]
    return max(values, default=None)


def _lower(
    limit: Limit, today: Exact, margin: Exact, rule: Rule, edits: dict[Loc, tuple[Exact, str]]
) -> tuple[Exact, str] | None:
    """Note a lower limit; where two rules share one by an alias, the larger of theirs holds."""
    wanted = with_margin(today, margin)
    text = ceiling(wanted, rule.unit)
    value = parsed(text, rule.unit)
    if value >= limit.value:
        return None
    known = edits.get(limit.loc)
    if known is None or known[0] < value:
        edits[limit.loc] = (value, text)
    return edits[limit.loc]


def parsed(text: str, unit: str) -> Exact:
    """Return the value of a quantity that was just written."""
    from convcost.units import parse_bytes, parse_count

    return parse_bytes(text) if unit == "bytes" else parse_count(text)


def _edited(text: str, edits: Mapping[Loc, str]) -> str:
    """Return a text with values replaced where they stand; nothing else moves."""
    lines = text.splitlines(keepends=True)
    for loc in sorted(edits, key=lambda loc: (loc.line, loc.column), reverse=True):
        line = lines[loc.line - 1]
        start = loc.column - 1
        anchor, space, _ = line[start : start + loc.length].partition(" ")
        kept = anchor + space if anchor.startswith("&") else ""
        lines[loc.line - 1] = line[:start] + kept + edits[loc] + line[start + loc.length :]
    return "".join(lines)
