"""Findings as GitHub Actions annotations: workflow commands, worst first, at most ten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.render.text import printable
from convcost.render.uri import inside
from convcost.view import ERROR, FAIL, NOTE, STATUSES, WARN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.view import Finding

MOST = 10
"""What GitHub shows of one step, for each level."""

_LEVELS = {ERROR: "error", FAIL: "error", WARN: "warning", NOTE: "notice"}
_LONGEST = 4000


def render(findings: Iterable[Finding], prefix: str = "") -> str:
    """Return one workflow command per finding worth one.

    ``prefix`` is the way from the repository's root to the folder that paths start from.
    """
    worth = sorted(
        (finding for finding in findings if finding.status in _LEVELS),
        key=lambda finding: (STATUSES.index(finding.status), -finding.weight),
    )
    lines = [_command(finding, prefix) for finding in worth[: MOST if len(worth) <= MOST else MOST - 1]]
    if len(worth) > MOST:
        left = worth[MOST - 1 :]
        text = f"{len(left)} more findings are in the log and in the step summary"
        lines.append(f"::{_LEVELS[left[0].status]} title=convcost::{text}")
    return "".join(line + "\n" for line in lines)


def _command(finding: Finding, prefix: str) -> str:
    properties = {}
    loc = finding.loc or finding.rule_loc
    if loc is not None:
        properties = {"file": inside(prefix, loc.source.name), "line": str(loc.line), "col": str(loc.column)}
    properties["title"] = f"convcost {finding.rule}"
    named = ",".join(f"{name}={_property(text)}" for name, text in properties.items())
    text = "\n".join([f"{finding.subject}: {finding.text}", *finding.details])[:_LONGEST]
    return f"::{_LEVELS[finding.status]} {named}::{_data(text)}"


def _data(text: str) -> str:
    """Escape a command's message; a line break of ours stays one, any of theirs is written out."""
    lines = [printable(line).replace("%", "%25") for line in text.split("\n")]
    return "%0A".join(lines)


def _property(text: str) -> str:
    return printable(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
