"""Findings as JUnit XML: a suite per network, a case per rule. For GitLab, Jenkins and others.

Valid by the XSD of Jenkins' xUnit plugin (``junit-10.xsd``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.render.text import printable
from convcost.view import ERROR, FAIL, NOTE, SKIP, WARN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.view import Finding

_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"})


def render(findings: Iterable[Finding], *, strict: bool = False) -> str:
    """Return the whole document; ``strict`` makes warnings failures."""
    suites: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.status != NOTE:
            suites.setdefault(finding.network, []).append(finding)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="convcost">']
    for name, cases in suites.items():
        lines += _suite(name, cases, strict=strict)
    return "\n".join([*lines, "</testsuites>", ""])


def _suite(name: str, cases: list[Finding], *, strict: bool) -> list[str]:
    failing = (FAIL, WARN) if strict else (FAIL,)
    counts = {
        "tests": len(cases),
        "failures": sum(case.status in failing for case in cases),
        "errors": sum(case.status == ERROR for case in cases),
        "skipped": sum(case.status == SKIP for case in cases),
    }
    numbers = " ".join(f'{key}="{value}"' for key, value in counts.items())
    lines = [f'  <testsuite name="{_escaped(name)}" {numbers}>']
    for case in cases:
        lines += _case(case, name, failing)
    return [*lines, "  </testsuite>"]


def _case(case: Finding, suite: str, failing: tuple[str, ...]) -> list[str]:
    title = f"{case.rule} · {case.where}" if case.where else case.rule
    head = f'    <testcase name="{_escaped(title)}" classname="{_escaped(suite)}"'
    if case.status == ERROR:
        return [head + ">", _element("error", case), "    </testcase>"]
    if case.status in failing:
        return [head + ">", _element("failure", case), "    </testcase>"]
    if case.status == SKIP:
        return [head + ">", f'      <skipped message="{_escaped(case.text)}"/>', "    </testcase>"]
    if case.status == WARN:
        text = "\n".join(map(_escaped, _lines(case)))
        return [head + ">", f"      <system-out>warning: {text}</system-out>", "    </testcase>"]
    return [head + "/>"]


def _element(tag: str, case: Finding) -> str:
    text = "\n".join(map(_escaped, _lines(case)))
    return f'      <{tag} message="{_escaped(case.text)}" type="convcost.budget">{text}</{tag}>'


def _lines(case: Finding) -> list[str]:
    at = [f"edit {case.loc}"] if case.loc else []
    rule = [f"limit at {case.rule_loc}"] if case.rule_loc else []
    return [case.text, *case.details, *at, *rule]


def _escaped(text: str) -> str:
    """Return text for an attribute or an element: no character that XML 1.0 lacks is left."""
    return printable(text).translate(_XML)
