"""What can be looked up, as plain data: shipped specs, ops, codes (``schemas/*.schema.json``)."""

from __future__ import annotations

from dataclasses import MISSING
from typing import TYPE_CHECKING, Any

from convcost.codes import CODES
from convcost.ops import INDEX, op_class
from convcost.spec.words import WORDS
from convcost.to_json.envelope import document
from convcost.to_json.report import plain, subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from convcost.ops._base import OpBase
    from convcost.ops._fields import FieldSpec
    from convcost.report import Report


def specs(reports: Iterable[tuple[str, Report]]) -> dict[str, Any]:
    """Return the document of ``specs``: one entry per network that ships, and variant."""
    return document(specs=[_spec(name, report) for name, report in reports])


def ops() -> dict[str, Any]:
    """Return the document of ``ops``: one entry per op."""
    return document(ops=[_op(op_class(name)) for name in sorted(INDEX)])


def op(name: str) -> dict[str, Any]:
    """Return the document of ``ops NAME``: the op, and its fields."""
    cls = op_class(name)
    return document(op=_op(cls), fields=[_field(spec) for spec in cls.specs().values()])


def word(name: str) -> dict[str, Any]:
    """Return the document of ``ops NAME`` for a container or a key of every line."""
    found = WORDS[name]
    return document(words=[{"word": name, "meaning": found.doc, "example": found.example}])


def codes(asked: Iterable[str]) -> dict[str, Any]:
    """Return the document of ``errors``: one entry per code."""
    return document(codes=[_code(code) for code in asked])


def _spec(name: str, report: Report) -> dict[str, Any]:
    figures = {metric: report.totals.metric(metric) for metric in ("macs", "params", "peak_bytes")}
    return {**subject(report), "spec": name, **figures, "layers": len(report.layers)}


def _op(cls: type[OpBase]) -> dict[str, Any]:
    summary = " ".join((cls.__doc__ or "").replace("``", "`").split("\n\n")[0].split())
    return {"op": cls.NAME, "group": cls.GROUP, "summary": summary}


def _field(spec: FieldSpec) -> dict[str, Any]:
    """Return a field; its default is as a spec would say it, null where there is none."""
    given = None if spec.default is MISSING or spec.default is None else spec.default
    exact = given if given is None or isinstance(given, bool | str) else plain(given)
    return {
        "field": spec.name,
        "meaning": spec.doc,
        "kind": spec.kind,
        "words": list(spec.choices),
        "least": spec.ge,
        "most": spec.le,
        "required": spec.required,
        "default": exact,
    }


def _code(code: str) -> dict[str, Any]:
    entry = CODES[code]
    return {
        "code": code,
        "title": entry.title,
        "explanation": entry.explanation,
        "wrong": entry.wrong or None,
        "right": entry.right or None,
    }
