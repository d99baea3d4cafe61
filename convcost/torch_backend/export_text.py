"""Python source as a formatter would leave it: a line where it fits, else one argument per line.

A call broken over lines ends in a comma, which formatters take as the wish to keep it so;
hence what is printed here is stable under them.
"""

from __future__ import annotations

from typing import NamedTuple

WIDTH = 88
STEP = "    "


class Group(NamedTuple):
    """Something in brackets: ``nn.Conv2d(3, 64)``, ``[a, b]``; parts may be groups again."""

    opening: str
    parts: tuple[Part, ...]
    closing: str


class Part(NamedTuple):
    """One element of a group, with what stands before it (``stride=``, ``"1x1": ``, ``*``)."""

    before: str
    value: Doc


class Repeat(NamedTuple):
    """As many elements alike: ``*(nn.ReLU() for _ in range(3))``."""

    value: Group
    times: int


Doc = str | Group | Repeat


def call(target: str, *parts: Part) -> Group:
    """Return a call."""
    return Group(target + "(", parts, ")")


def flat(doc: Doc) -> str:
    """Return a document on one line."""
    if isinstance(doc, str):
        return doc
    if isinstance(doc, Repeat):
        return f"*({flat(doc.value)} for _ in range({doc.times}))"
    return doc.opening + ", ".join(part.before + flat(part.value) for part in doc.parts) + doc.closing


def statement(before: str, doc: Doc, after: str, indent: str) -> list[str]:
    """Return the lines of ``before``, a document and ``after``, indented."""
    line = indent + before + flat(doc) + after
    if isinstance(doc, str) or len(line) <= WIDTH:
        return [line]
    if isinstance(doc, Repeat):
        inner = [*statement("", doc.value, "", indent + STEP), f"{indent}{STEP}for _ in range({doc.times})"]
        return [f"{indent}{before}*(", *inner, f"{indent}){after}"]
    lines = [indent + before + doc.opening]
    for part in doc.parts:
        lines += statement(part.before, part.value, ",", indent + STEP)
    return [*lines, indent + doc.closing + after] if doc.parts else [line]
