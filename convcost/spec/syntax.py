"""What a spec consists of once its form is known: lines, blocks, a document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from convcost.ops import op_class
from convcost.spec.tree import Map, Scalar

if TYPE_CHECKING:
    from convcost.errors import Loc, Source
    from convcost.spec.tree import Tree

VERSION = "1"
COMMON = ("name", "from", "repeat", "first", "last", "when", "expect", "role", "share")
BRANCHING = ("concat", "stack", "add", "mul", "elementwise", "matmul")
RESIDUAL = "residual"
PROJECT = "project"
NONE = "none"
UNKNOWN = "?"
HEAD = ("convcost", "name", "input", "inputs", "vars", "variants", "blocks", "layers", "outputs", "budget")
MAX_LEVELS = 48  # of containers and blocks within one another; far below what Python can recurse
SHORTCUTS = ("identity", PROJECT, "when_same")


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line of a spec: its op or block, its fields, and what every line may carry.

    ``branches`` are those of concat, add, mul and matmul, ``guards`` the conditions of those
    that have one; a residual has ``body`` and ``shortcut`` in their place (``shortcut`` may be
    a word).
    """

    op: Scalar
    fields: Map
    common: dict[str, Tree]
    branches: tuple[tuple[str, tuple[Line, ...]], ...] = ()
    body: tuple[Line, ...] = ()
    shortcut: Scalar | tuple[Line, ...] | None = None
    guards: dict[str, Tree] = field(default_factory=dict)

    @property
    def loc(self) -> Loc:
        """Where the line's op stands."""
        return self.op.loc

    def part(self, key: str) -> Map | None:
        """Return the arguments of ``first`` or ``last``."""
        given = self.common.get(key)
        return given if isinstance(given, Map) else None

    def fields_of(self, number: int, times: int) -> dict[str, Tree]:
        """Return a repetition's fields: those of the line, of ``first:``, of ``last:``."""
        fields = self.fields.items
        for key, there in (("first", number == 0), ("last", number == times - 1)):
            override = self.part(key)
            if there and override:
                fields = {**fields, **override.items}
        return fields

    @property
    def name(self) -> str | None:
        """The given name."""
        given = self.common.get("name")
        return given.text if isinstance(given, Scalar) else None


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A block: its arguments (None: must be given) and its lines."""

    name: str
    args: dict[str, Tree]
    lines: tuple[Line, ...]
    loc: Loc


@dataclass(slots=True, eq=False)
class Document:
    """A spec, its form checked. ``variants`` map to their overrides."""

    source: Source
    loc: Loc
    name: str = ""
    input: Tree | None = None  # the shape of the one input, or a mapping of shapes
    vars: dict[str, Tree] = field(default_factory=dict)
    variants: dict[str, dict[str, Tree]] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    outputs: tuple[Scalar, ...] = ()
    budget: Tree | None = None


def op_fields(op: str) -> tuple[str, ...]:
    """Return the names an op's line may give: its fields, norm and act, like."""
    cls = op_class(op)
    extra = (("norm", "act") if cls.TAKES_NORM_ACT else ()) + (("like",) if cls.LIKE else ())
    return (*cls.specs(), *extra)
