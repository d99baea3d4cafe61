"""The ops: their list, and each one's page, made from its docstring, fields and cases."""

from __future__ import annotations

from dataclasses import MISSING
from typing import TYPE_CHECKING

from convcost.cost import COUNTERS
from convcost.ops import INDEX, op_class
from convcost.spec.syntax import BRANCHING
from convcost.spec.words import WORDS
from convcost.units import full, sizes
from convcost.view import Code, Column, Heading, Note, Table, View

if TYPE_CHECKING:
    from convcost.ops._base import Case, OpBase
    from convcost.ops._fields import FieldSpec
    from convcost.view import Block

_KINDS = {
    "count": "integer",
    "per_dim": "integer, or one per spatial dim",
    "padding": "integer, one per dim, or (before, after) per dim",
    "flag": "true or false",
    "word": "",
    "number": "number",
    "integers": "list of integers",
}


def listing() -> View:
    """Return all ops, by group, with the first line of each one's page."""
    columns: tuple[Column[tuple[str, type[OpBase]]], ...] = (
        Column("op", lambda row: row[0], style="name"),
        Column("group", lambda row: row[1].GROUP, drop=1, style="dim"),
        Column("what it does", lambda row: _paragraphs(row[1])[0], key="summary", wrap=True),
    )
    rows = sorted(((name, op_class(name)) for name in INDEX), key=lambda row: (row[1].GROUP, row[0]))
    table = Table(columns, rows)
    words = Note(f"Containers and keys, explained in the same way: {', '.join(WORDS)}.", "dim")
    return View((table, Note("`convcost ops NAME` explains one.", "dim"), words), table)


def page(name: str) -> View:
    """Return an op's page: what it does, its fields, its hand-derived examples."""
    cls = op_class(name)
    blocks: list[Block] = [Heading(name), *(Note(text) for text in _paragraphs(cls))]
    fields = _fields(cls)
    blocks += [fields] if fields.items else [Note("It has no fields.")]
    blocks += [Note(text) for text in _reads(cls)]
    for case in cls.cases():
        if type(case.op) is cls and name == case.op.NAME:
            blocks += [Heading("Example"), Code(_example(case))]
    return View(tuple(blocks), fields)


def _paragraphs(cls: type[OpBase]) -> list[str]:
    """Return the docstring's paragraphs, each on one line."""
    text = (cls.__doc__ or "").replace("``", "`")
    return [" ".join(part.split()) for part in text.split("\n\n")]


def _fields(cls: type[OpBase]) -> Table[tuple[str, FieldSpec]]:
    columns: tuple[Column[tuple[str, FieldSpec]], ...] = (
        Column("field", lambda row: row[0], style="name"),
        Column("meaning", lambda row: row[1].doc, wrap=True),
        Column("takes", lambda row: _takes(row[1]), drop=1),
        Column("default", lambda row: _default(row[1])),
    )
    return Table(columns, tuple(cls.specs().items()))


def _takes(spec: FieldSpec) -> str:
    parts = [_KINDS[spec.kind]] if _KINDS[spec.kind] else []
    if spec.choices:
        parts.append(", ".join(spec.choices))
    text = "; or ".join(parts)
    return f"{text}, from {spec.ge}" if spec.ge is not None and spec.kind in ("count", "number") else text


def _default(spec: FieldSpec) -> str:
    if spec.default is MISSING:
        return "required"
    return "–" if spec.default is None else _written(spec.default)


def _reads(cls: type[OpBase]) -> list[str]:
    least, most = cls.ARITY
    inputs = f"{least} or more tensors" if most is None else f"{least} tensors" if least > 1 else "one tensor"
    dims = ", ".join(map(str, cls.DIMS))
    texts = [f"Reads {inputs} with {dims} spatial dims."]
    if cls.TAKES_NORM_ACT:
        texts.append("Takes `norm:` and `act:`.")
    if cls.NAME in BRANCHING:
        texts.append("Its inputs are named by `from:` or computed by branches: `convcost ops branches`.")
    if cls.LIKE:
        texts.append("Takes `like:`, the name of a tensor whose shape it reads.")
    return texts


def _example(case: Case) -> str:
    """Return a case as a line of a spec, the shapes it maps, and what it costs."""
    given = ", ".join(
        f"{name}: {_written(getattr(case.op, spec.attribute))}"
        for name, spec in case.op.specs().items()
        if getattr(case.op, spec.attribute) != spec.default
    )
    line = f"- {case.op.NAME}: {{{given}}}" if given else f"- {case.op.NAME}"
    counters = [f"{name} {full(value)}" for name in COUNTERS if (value := getattr(case.cost, name))]
    inputs = ", ".join(map(sizes, case.inputs))
    return "\n".join([line, f"{inputs} → {sizes(case.output)}", ", ".join(counters) or "costs nothing"])


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(list(value)) if isinstance(value, tuple) else str(value)
