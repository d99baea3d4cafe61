"""Findings as JUnit XML: a suite per network, a case per rule. For GitLab, Jenkins and others.

Valid by the XSD of Jenkins' xUnit plugin (``junit-10.xsd``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from convcost.render.text import printable
from convcost.view import ERROR, FAIL, NOTE, SKIP, WARN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.view import Finding


def render(findings: Iterable[Finding], *, strict: bool = False) -> str:
    """Return the whole document; ``strict`` makes warnings failures."""
    failing = (FAIL, WARN) if strict else (FAIL,)
    suites: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.status != NOTE:
            suites.setdefault(finding.network, []).append(finding)
    root = ET.Element("testsuites", name="convcost")
    for name, cases in suites.items():
        suite = _element(root, "testsuite", name=name, **_counts(cases, failing))
        for case in cases:
            _case(suite, case, failing)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _counts(cases: list[Finding], failing: tuple[str, ...]) -> dict[str, str]:
    return {
        "tests": str(len(cases)),
        "failures": str(sum(case.status in failing for case in cases)),
        "errors": str(sum(case.status == ERROR for case in cases)),
        "skipped": str(sum(case.status == SKIP for case in cases)),
    }


def _case(suite: ET.Element, case: Finding, failing: tuple[str, ...]) -> None:
    """Add one finding; of a warning only its text is kept, unless it fails."""
    title = f"{case.rule} · {case.where}" if case.where else case.rule
    element = _element(suite, "testcase", name=title, classname=case.network)
    text = "\n".join(map(printable, _lines(case)))
    if case.status == ERROR or case.status in failing:
        tag = "error" if case.status == ERROR else "failure"
        _element(element, tag, message=case.text, type="convcost.budget").text = text
    elif case.status == SKIP:
        _element(element, "skipped", message=case.text)
    elif case.status == WARN:
        _element(element, "system-out").text = f"warning: {text}"


def _element(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    """Add an element; no character that XML 1.0 lacks is left in its attributes."""
    return ET.SubElement(parent, tag, {key: printable(text) for key, text in attributes.items()})


def _lines(case: Finding) -> list[str]:
    at = [f"edit {case.loc}"] if case.loc else []
    rule = [f"limit at {case.rule_loc}"] if case.rule_loc else []
    return [case.text, *case.details, *at, *rule]
