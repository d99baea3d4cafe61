"""Findings as SARIF 2.1.0, for code scanning.

Fingerprints are made of a finding's name alone, so that they stay when lines or values
move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from convcost.render import json
from convcost.render.text import printable
from convcost.render.uri import inside, uri
from convcost.view import ERROR, FAIL, NOTE, WARN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from convcost.errors import Loc
    from convcost.view import Finding

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
FINGERPRINT = "convcost/v1"
_LEVELS = {ERROR: "error", FAIL: "error", WARN: "warning", NOTE: "note"}


def render(findings: Iterable[Finding], version: str, prefix: str = "") -> str:
    """Return the log of one run by this ``version`` of convcost.

    ``prefix`` is the way from the repository's root to the folder that paths start from.
    """
    worth = [finding for finding in findings if finding.status in _LEVELS]
    rules = list(dict.fromkeys(finding.rule for finding in worth))
    driver = {
        "name": "convcost",
        "semanticVersion": version,
        "rules": [{"id": rule, "shortDescription": {"text": f"budget {printable(rule)}"}} for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, rules, prefix) for finding in worth],
    }
    return json.render({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _result(finding: Finding, rules: Sequence[str], prefix: str) -> dict[str, Any]:
    lines = [f"{finding.subject}: {finding.text}", *finding.details]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": _LEVELS[finding.status],
        "message": {"text": "\n".join(map(printable, lines))},
        "partialFingerprints": {FINGERPRINT: fingerprint(finding.key)},
    }
    logical = [{"fullyQualifiedName": printable(finding.subject)}]
    here = finding.loc or finding.rule_loc
    place: dict[str, Any] = {"logicalLocations": logical}
    if here is not None:
        place = {"physicalLocation": _physical(here, prefix), **place}
    result["locations"] = [place]
    if finding.rule_loc is not None:
        text = {"message": {"text": "the limit"}, "physicalLocation": _physical(finding.rule_loc, prefix)}
        result["relatedLocations"] = [{"id": 1, **text}]
    return result


def fingerprint(key: str) -> str:
    """Return a short stable name for a finding's key."""
    from hashlib import sha256

    return sha256(key.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _physical(loc: Loc, prefix: str) -> dict[str, Any]:
    region = {"startLine": loc.line, "startColumn": loc.column, "endColumn": loc.column + loc.length}
    path = inside(prefix, loc.source.name)
    return {
        "artifactLocation": {"uri": ("file://" if path.startswith("/") else "") + uri(path)},
        "region": region,
    }
