"""The kinds of field an op may have: what YAML may say there, and what the op then holds.

From a field come its key in the spec, its validation, its place in the JSON Schema and
its line in the docs. A field is declared once, in the op's class body::

    out: int = count("output channels")
    kernel: PerDim = per_dim("kernel size")
"""

from __future__ import annotations

from dataclasses import MISSING, field, fields
from typing import Any, NamedTuple

COUNT = "count"  # one integer
PER_DIM = "per_dim"  # an integer, or a list with one per spatial dim -> int | tuple[int, ...]
PADDING = "padding"  # also (before, after) pairs per dim, and the words in `choices`
FLAG = "flag"  # true or false
WORD = "word"  # one of `choices`, written bare
NUMBER = "number"  # an exact integer or decimal -> int | Fraction
INTEGERS = "integers"  # a list of integers -> tuple[int, ...]


class FieldSpec(NamedTuple):
    """What a field takes: its kind, its sentence, its range (inclusive), its words.

    ``name`` is its key in the spec; ``attribute`` what the op calls it, nearly always the same.
    ``fraction`` is the hint for a number that is no integer, where rounding is not what helps.
    """

    kind: str
    doc: str
    ge: int | None = None
    le: int | None = None
    choices: tuple[str, ...] = ()
    name: str = ""
    default: Any = MISSING
    attribute: str = ""
    fraction: str = ""

    @property
    def required(self) -> bool:
        """Whether the spec must give it."""
        return self.default is MISSING


def _declare(spec: FieldSpec, default: Any) -> Any:
    return field(default=default, metadata={"spec": spec})


def count(doc: str, *, default: Any = MISSING, ge: int | None = 1, le: int | None = None) -> Any:
    """One integer: channels, groups, an axis."""
    return _declare(FieldSpec(COUNT, doc, ge, le), default)


def per_dim(doc: str, *, default: Any = MISSING, ge: int | None = 1, fraction: str = "") -> Any:
    """An integer for every spatial dim, or a list with one each."""
    return _declare(FieldSpec(PER_DIM, doc, ge, fraction=fraction), default)


def padding(
    doc: str, *, default: Any = 0, ge: int | None = 0, words: tuple[str, ...] = ("valid", "half", "same")
) -> Any:
    """An integer, one per dim, (before, after) per dim, or a word."""
    return _declare(FieldSpec(PADDING, doc, ge, choices=words), default)


def flag(doc: str, *, default: Any = MISSING) -> Any:
    """True or false."""
    return _declare(FieldSpec(FLAG, doc), default)


def word(doc: str, choices: tuple[str, ...], *, default: Any = MISSING) -> Any:
    """One of a few words."""
    return _declare(FieldSpec(WORD, doc, choices=choices), default)


def number(doc: str, *, default: Any = MISSING, ge: int | None = None, le: int | None = None) -> Any:
    """An exact integer or decimal (held as int or Fraction)."""
    return _declare(FieldSpec(NUMBER, doc, ge, le), default)


def integers(doc: str, *, default: Any = MISSING, ge: int | None = None, name: str = "") -> Any:
    """A list of integers; ``name`` is its key in the spec where a method has that name already."""
    return _declare(FieldSpec(INTEGERS, doc, ge, name=name), default)


def field_specs(op_class: type) -> dict[str, FieldSpec]:
    """Return an op's fields by name, in the order in which they are declared."""
    specs = [
        f.metadata["spec"]._replace(
            name=f.metadata["spec"].name or f.name, default=f.default, attribute=f.name
        )
        for f in fields(op_class)
        if "spec" in f.metadata
    ]
    return {spec.name: spec for spec in specs}
