"""A line's op: its fields evaluated, its norm and act, each op made once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.errors import did_you_mean
from convcost.ops import INDEX, op_class
from convcost.ops._fields import COUNT, PER_DIM
from convcost.spec.log import Log, Reported
from convcost.spec.syntax import NONE
from convcost.spec.tree import Map, Scalar, describe
from convcost.spec.values import Scope, field_value, word

if TYPE_CHECKING:
    from convcost.errors import Loc
    from convcost.ir import Problem, Shape
    from convcost.ops._base import OpBase
    from convcost.spec.tree import Tree


class Made(NamedTuple):
    """An op, and which of its fields are guesses because what the spec says there is wrong."""

    op: OpBase
    wrong: frozenset[str] = frozenset()
    inplace_given: bool = False


class Extra(NamedTuple):
    """What ``norm:`` or ``act:`` asks for."""

    made: Made
    loc: Loc


class OpMaker:
    """Evaluates fields and makes ops; equal ops are one object, asked once per shape."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._ops: dict[Any, OpBase] = {}
        self._answers: dict[Any, tuple[tuple[Problem, ...], Shape]] = {}

    def make(self, cls: type[OpBase], fields: dict[str, Tree], loc: Loc, look: Scope, **fixed: Any) -> Made:
        """Return the op of a line. Mistakes are logged and stood in for by a guess."""
        values: dict[str, Any] = {}
        wrong = set()
        for name, spec in cls.specs().items():
            tree = fields.get(name)
            if tree is None or (isinstance(tree, Scalar) and tree.null):
                if name in fixed:
                    values[name] = fixed[name]
                elif spec.required:
                    self.log.add("CC305", f"{cls.NAME} needs {name}: ({spec.doc})", loc)
                    values[name] = _guess(spec.kind, look)
                    wrong.add(name)
                continue
            try:
                values[name] = field_value(spec, tree, look, self.log)
            except Reported:
                wrong.add(name)
                values[name] = _guess(spec.kind, look) if spec.required else spec.default
        return Made(self.interned(cls, values), frozenset(wrong), "inplace" in fields)

    def interned(self, cls: type[OpBase], values: dict[str, Any]) -> OpBase:
        """Return the one op with these field values."""
        key = (cls, *values.items())
        op = self._ops.get(key)
        if op is None:
            op = self._ops[key] = cls(**values)
        return op

    def answer(self, op: OpBase, shapes: tuple[Shape, ...]) -> tuple[tuple[Problem, ...], Shape]:
        """Return what is wrong with an op on these inputs, and its output's shape.

        Where something is wrong the shape is the op's own answer if it is one, else the
        first input's.
        """
        key = (id(op), shapes)
        found = self._answers.get(key)
        if found is None:
            problems = tuple(op.check(*shapes))
            shape = _shape_despite(op, shapes) if problems else op.shape(*shapes)
            found = self._answers[key] = problems, shape
        return found

    def norm_or_act(self, tree: Tree, what: str, look: Scope) -> Extra | None:
        """Return what ``norm:`` or ``act:`` asks for, None for nothing or ``none``."""
        fields: dict[str, Tree] = {}
        name: Tree = tree
        if isinstance(tree, Map):
            if len(tree.items) != 1:
                message = f"{what}: must be a word or a mapping with one key, the op"
                raise self.log.add("CC304", message, tree.loc, f"{what}: {{leaky_relu: {{slope: 0.1}}}}")
            ((key, value),) = tree.items.items()
            name = tree.keys[key]
            fields = self._extra_fields(value, what)
        op = word(name, look, self.log, what)
        if op == NONE:
            return None
        cls = self._extra_class(op, what, name.loc)
        self._check_extra_keys(cls, fields)
        return Extra(self.make(cls, fields, name.loc, look), name.loc)

    def _extra_fields(self, value: Tree, what: str) -> dict[str, Tree]:
        if isinstance(value, Map):
            return value.items
        if not (isinstance(value, Scalar) and value.null):
            self.log.add("CC304", f"{what} takes named fields, found {describe(value)}", value.loc)
        return {}

    def _extra_class(self, op: str, what: str, loc: Loc) -> type[OpBase]:
        group = {"norm": "norm", "act": "activation"}[what]
        cls = op_class(op) if op in INDEX else None
        if cls is not None and group == cls.GROUP:
            return cls
        kind = {"norm": "a norm", "act": "an activation"}[what]
        words = [name for name in INDEX if group == op_class(name).GROUP]
        from convcost.spec.synonyms import OPS, meant

        hint = did_you_mean(meant(op, OPS, words)) or f"one of {', '.join(words)}, none"
        raise self.log.add("CC315", f"{op!r} is not {kind}", loc, hint)

    def _check_extra_keys(self, cls: type[OpBase], fields: dict[str, Tree]) -> None:
        for key, value in fields.items():
            if key not in cls.specs():
                from convcost.spec.synonyms import field_hint

                hint = field_hint(key, cls.specs())
                self.log.add("CC302", f"{cls.NAME} has no {key!r}", value.loc, hint)


def _guess(kind: str, look: Scope) -> Any:
    if kind == COUNT and look.entering:
        return look.entering.shape[0]
    return 1 if kind in {COUNT, PER_DIM} else (1,)


def _shape_despite(op: OpBase, shapes: tuple[Shape, ...]) -> Shape:
    """Return an output shape for an op that has problems: its own, or the first input's."""
    first = shapes[0] if shapes else (1,)
    try:
        shape = op.shape(*shapes)
    except (ValueError, IndexError, TypeError, ZeroDivisionError):
        return first
    if not shape or not all(type(size) is int for size in shape) or shape[0] < 1:
        return first
    return shape if min(shape) > 0 else (shape[0], *first[1:])
