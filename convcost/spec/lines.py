"""A :class:`Tree` to lines: ops and their fields known to exist, branches and bodies taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from convcost.errors import did_you_mean
from convcost.ops import INDEX, op_class
from convcost.ops._fields import FLAG, WORD
from convcost.spec.keys import Keys
from convcost.spec.literals import Literals
from convcost.spec.log import Reported
from convcost.spec.syntax import (
    BRANCHING,
    COMMON,
    NONE,
    PROJECT,
    RESIDUAL,
    SHORTCUTS,
    UNKNOWN,
    Line,
    op_fields,
)
from convcost.spec.tree import Map, Scalar, Seq, describe

if TYPE_CHECKING:
    from convcost.spec.log import Log
    from convcost.spec.tree import Tree


class LineParser(Keys):
    """Reads lists of layers; knows the blocks' names and arguments before it reads any line."""

    def __init__(self, log: Log) -> None:
        super().__init__(log)
        self.block_args: dict[str, tuple[str, ...]] = {}
        self.literals = Literals(log)

    def lines(self, tree: Tree, what: str) -> tuple[Line, ...]:
        """Return the lines of a list; one that is none is reported and stands for anything."""
        if not isinstance(tree, Seq):
            if isinstance(tree, Scalar) and tree.broken:
                return ()
            hint = "begin each layer with '- '" if isinstance(tree, Map) else None
            self.log.add("CC304", f"{what} must be a list of layers, found {describe(tree)}", tree.loc, hint)
            return ()
        found = []
        for item in tree.items:
            try:
                found.append(self.line(item))
            except Reported:
                found.append(self.unknown(item))
        return tuple(found)

    def unknown(self, tree: Tree) -> Line:
        """Return a line in the place of one that cannot be read: its name stays, all else is unknown."""
        fields = next(iter(tree.items.values()), None) if isinstance(tree, Map) else None
        given = fields.items.get("name") if isinstance(fields, Map) else None
        common: dict[str, Tree] = {"name": given} if isinstance(given, Scalar) and not given.null else {}
        return Line(Scalar(UNKNOWN, tree.loc), Map({}, {}, tree.loc), common)

    def line(self, tree: Tree) -> Line:
        """Return one line: a word, or a mapping with one key."""
        if isinstance(tree, Scalar):
            if tree.null:
                raise self.log.add("CC304", "empty line; 'none' is a layer that does nothing", tree.loc)
            return self.op_line(tree, None)
        if isinstance(tree, Seq):
            raise self.log.add("CC304", "expected a layer, found a list", tree.loc)
        if len(tree.items) != 1:
            hint = "indent the fields further than the op's name, or put them in { }"
            raise self.log.add("CC304", "a layer is a mapping with one key, its op", tree.loc, hint)
        (key,) = tree.items
        return self.op_line(tree.keys[key], tree.items[key])

    def op_line(self, op: Scalar, value: Tree | None) -> Line:
        """Return a line whose op and fields are known to exist."""
        op = self.known_op(op)
        if op.text == RESIDUAL:
            return self.residual(op, value)
        if op.text in BRANCHING:
            return self.branching(op, value)
        fields = self.fields_of(op, value)
        if op.text == UNKNOWN:
            return Line(op, Map({}, {}, op.loc), self.common(fields))
        fixed = not op.text.startswith("$")
        if fixed:
            fields = self.known_fields(op, fields, COMMON)
        mine = {key: tree for key, tree in fields.items.items() if key not in COMMON}
        common = self.common(fields)
        for key in ("first", "last"):
            part = common.get(key)
            if fixed and isinstance(part, Map):
                common[key] = self.known_fields(op, part)
        return self.judged(Line(op, Map(mine, fields.keys, fields.loc), common))

    def judged(self, line: Line) -> Line:
        """Return a line after its literals were judged."""
        self.literals.line(line)
        return line

    def known_op(self, op: Scalar) -> Scalar:
        """Return the op, or the one that was probably meant."""
        known = {*INDEX, *self.block_args, RESIDUAL, PROJECT, NONE}
        if op.text in known or op.text.startswith("$"):
            return op
        if isinstance(op, Scalar) and op.broken:
            raise Reported
        from convcost.spec.synonyms import op_hint

        hint = op_hint(op.text, sorted(known)) or "'convcost ops' lists all ops"
        self.log.add("CC303", f"there is no op or block {op.text!r}", op.loc, hint)
        return Scalar(UNKNOWN, op.loc)

    def fields_of(self, op: Scalar, value: Tree | None) -> Map:
        """Return a line's mapping of fields (empty for a plain word)."""
        if value is None or (isinstance(value, Scalar) and value.null):
            return Map({}, {}, op.loc)
        if isinstance(value, Map):
            return value
        hint = self.named(op.text, value.text if isinstance(value, Scalar) else "…")
        raise self.log.add("CC304", f"{op.text} takes named fields, found {describe(value)}", value.loc, hint)

    def named(self, op: str, value: str) -> str | None:
        """Return how a lone value is written: under the first field that it can be meant for."""
        needed: list[str] = list(self.block_args.get(op, ()))[:1]
        if op in INDEX:
            specs = op_class(op).specs()
            first = [name for name, spec in specs.items() if spec.kind not in {FLAG, WORD}][:1]
            needed = [*first, *(name for name, spec in specs.items() if spec.required and name not in first)]
            if not needed:
                return f"{op} takes no value: leave it out"
        fields = ", ".join(f"{name}: {'…' if number else value}" for number, name in enumerate(needed))
        return f"fields have names: write {{{fields}}}" if needed else None

    def known_fields(self, op: Scalar, fields: Map, more: tuple[str, ...] = ()) -> Map:
        """Report the fields an op does not have, ``more`` being allowed beside its own."""
        return self.known_map(fields, (*self.field_names(op.text), *more), op.text)

    def field_names(self, op: str) -> tuple[str, ...]:
        """Return what may stand on a line of this op or block, besides the common keys."""
        if op in self.block_args:
            return self.block_args[op]
        return op_fields(op) if op in INDEX else ()

    def common(self, fields: Map) -> dict[str, Tree]:
        """Return the keys every line may have."""
        found = {key: fields.items[key] for key in COMMON if key in fields.items}
        if "name" in found and self.name(found["name"]) is None:
            del found["name"]
        for key in ("first", "last"):
            if key in found and not isinstance(found[key], Map):
                message = f"{key}: must be a mapping of fields, found {describe(found[key])}"
                self.log.add("CC304", message, found.pop(key).loc)
            elif key in found and "repeat" not in found:
                self.log.add("CC304", f"{key}: needs a repeat: on the same line", fields.keys[key].loc)
        return found

    # --- containers ----------------------------------------------------------------------

    def container_fields(self, op: Scalar, value: Tree | None) -> Map:
        """Return a container's mapping, empty where there is nothing."""
        fields = self.mapping(value, op.text)
        if fields is None and isinstance(value, Scalar) and not value.null:
            raise Reported
        return fields or Map({}, {}, op.loc)

    def residual(self, op: Scalar, value: Tree | None) -> Line:
        """``residual: [layers]`` or ``residual: {body: [...], shortcut: ...}``."""
        if isinstance(value, Seq):
            return Line(op, Map({}, {}, op.loc), {}, body=self.lines(value, "a residual's body"))
        fields = self.container_fields(op, value)
        known = self.known(fields, (*COMMON, "body", "shortcut", "inplace"), RESIDUAL)
        body = known.get("body")
        if body is None:
            raise self.log.add("CC305", "a residual needs a body:", op.loc, "residual: {body: [...]}")
        shortcut = known.get("shortcut")
        short: Scalar | tuple[Line, ...] | None
        short = self.lines(shortcut, "a shortcut") if isinstance(shortcut, Seq) else self.short(shortcut)
        rest = {key: known[key] for key in ("inplace",) if key in known}
        lines = self.lines(body, "a residual's body")
        line = Line(op, Map(rest, fields.keys, fields.loc), self.common(fields), (), lines, short)
        return self.judged(line)

    def short(self, tree: Tree | None) -> Scalar | None:
        """Return a shortcut's word."""
        if tree is None or (isinstance(tree, Scalar) and tree.null):
            return None
        if isinstance(tree, Scalar) and (tree.text in SHORTCUTS or tree.text.startswith("$")):
            return tree
        from convcost.spec.synonyms import WORDS, meant

        kind = meant(tree.text, WORDS, SHORTCUTS) if isinstance(tree, Scalar) else None
        message = f"a shortcut must be {', '.join(SHORTCUTS)} or a list of layers, found {describe(tree)}"
        self.log.add("CC207", message, tree.loc, did_you_mean(kind))
        return Scalar(kind or PROJECT, tree.loc)

    def branching(self, op: Scalar, value: Tree | None) -> Line:
        """``concat: {b1: [...], b3: [...]}``, ``concat: [[...], [...]]`` or ``{from: [a, b]}``."""
        if isinstance(value, Seq):
            guards: dict[str, Tree] = {}
            branches = tuple(
                (str(number), self.branch_lines(str(number), item, guards))
                for number, item in enumerate(value.items)
            )
            return self.judged(Line(op, Map({}, {}, op.loc), {}, branches, guards=guards))
        fields = self.container_fields(op, value)
        names = op_fields(op.text)
        mine = {key: tree for key, tree in fields.items.items() if key in names}
        rest = {k: t for k, t in fields.items.items() if k not in names and k not in COMMON}
        guards = {}
        branches = tuple(self.branch(op, fields.keys[key], tree, guards) for key, tree in rest.items())
        joins = op_class(op.text).ARITY[0] > 1
        if joins and not branches and "from" not in fields.items:
            message = f"{op.text} needs branches, or from: with the names of what it joins"
            raise self.log.add("CC305", message, op.loc)
        mapping = Map(mine, fields.keys, fields.loc)
        return self.judged(Line(op, mapping, self.common(fields), branches, guards=guards))

    def branch(
        self, op: Scalar, at: Scalar, tree: Tree, guards: dict[str, Tree]
    ) -> tuple[str, tuple[Line, ...]]:
        """Return one named branch; its condition goes into ``guards``."""
        key = at.text
        self.check_name(key, at.loc)
        broken = isinstance(tree, Scalar) and tree.broken
        if isinstance(tree, Seq) or broken or _is_guarded(tree):
            return key, self.branch_lines(key, tree, guards)
        known = (*COMMON, *op_fields(op.text))
        from convcost.spec.synonyms import field_hint

        hint = field_hint(key, known) or "[] is the tensor itself"
        message = f"{key!r} is neither a field of {op.text} nor a branch (a list of layers)"
        self.log.add("CC302", message, at.loc, hint)
        return key, ()

    def branch_lines(self, key: str, tree: Tree, guards: dict[str, Tree]) -> tuple[Line, ...]:
        """Return a branch: its layers, or ``{when: ..., layers: [...]}``."""
        what = f"branch {key}"
        if not isinstance(tree, Map) or not _is_guarded(tree):
            return self.lines(tree, what)
        known = self.known(tree, ("when", "layers"), what)
        if "when" in known:
            guards[key] = known["when"]
        if "layers" not in known:
            self.log.add("CC305", f"{what} needs layers:", tree.loc, "{when: …, layers: […]}")
            return ()
        return self.lines(known["layers"], what)


def _is_guarded(tree: Tree) -> bool:
    """Whether a branch is a mapping with its condition, rather than a list."""
    return isinstance(tree, Map) and not tree.keys.keys().isdisjoint({"when", "layers"})
